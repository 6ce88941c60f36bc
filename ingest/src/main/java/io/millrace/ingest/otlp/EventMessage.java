package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes an event that is one message of a conversation in the form in which spans have theirs: {@code {"role": ...,
 * "content": ...}}, with whatever else the event says. That is the body of a log record, and the attributes of a span's event,
 * which have no room for structures but as JSON. A choice has its message in a member, whose members become its own.
 */
final class EventMessage {
    private static final int MEMBER = 1 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int EVENT_ATTRIBUTE = 3 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final byte[] ROLE = JsonRendering.ascii("role");
    private static final byte[] MESSAGE = JsonRendering.ascii("message");
    private static final byte[] CONTENT = JsonRendering.ascii("content");
    private static final byte[] TOOL_CALLS = JsonRendering.ascii("tool_calls");
    /** All that there is to say, as a log record would have it, in one text. */
    private static final byte[] EVENT_CONTENT = JsonRendering.ascii("gen_ai.event.content");
    /** What begins so is said of the event, and is no part of the message. */
    private static final byte[] OF_MODEL = JsonRendering.ascii("gen_ai.");

    private static final byte[] OF_EVENT = JsonRendering.ascii("event.");
    private static final byte[] HEAD = JsonRendering.ascii("{\"role\":");

    private final JsonRendering json;
    private final int mostText;
    private final WireReader reader = new WireReader();
    private final Attribute member = new Attribute();
    private final Attribute whole = new Attribute();
    /** What the message says beside whose it is: each member behind a comma. */
    private final WireWriter rest = new WireWriter(256);

    private byte[] role = ROLE;
    private int roleFrom;
    private int roleLength;

    /** @param mostText bytes beyond which a text is not looked into, since it is cut in any case */
    EventMessage(JsonRendering json, int mostText) {
        this.json = json;
        this.mostText = mostText;
    }

    /**
     * Writes the message that is the body of a log record.
     *
     * @param usualRole whose it is if it does not say so
     * @param body a value that stands in no attribute
     * @return whether it says anything but whose it is; else nothing was written
     */
    boolean write(WireWriter out, String usualRole, Attribute body) throws MalformedSpan {
        begin(usualRole);
        return switch (body.type) {
            case Attribute.NONE -> false;
            case Attribute.MAP -> map(out, body);
            case Attribute.TEXT -> text(out, body);
            default -> content(out, body);
        };
    }

    private boolean map(WireWriter out, Attribute body) throws MalformedSpan {
        members(body.bytes, body.valueFrom, body.valueLength, true);
        return finish(out);
    }

    /** Writes the message that the event of a span in {@code bytes[from, from + length)} is; as {@link #write}. */
    boolean writeEvent(WireWriter out, String usualRole, byte[] bytes, int from, int length) throws MalformedSpan {
        begin(usualRole);
        whole.type = Attribute.NONE;
        reader.reset(bytes, from, from + length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == EVENT_ATTRIBUTE) {
                member.read(reader, reader.length());
                eventAttribute();
            } else {
                reader.skip(tag);
            }
        }
        return whole.isText() ? text(out, whole) : finish(out);
    }

    private void begin(String usualRole) {
        byte[] usual = JsonRendering.ascii(usualRole);
        role(usual, 0, usual.length);
        rest.clear();
    }

    private boolean finish(WireWriter out) {
        if (rest.size() == 0) {
            return false;
        }
        head(out);
        out.raw(rest.array(), 0, rest.size());
        out.raw('}');
        return true;
    }

    private void head(WireWriter out) {
        JsonRendering.put(out, HEAD);
        JsonRendering.string(out, role, roleFrom, roleLength);
    }

    private void eventAttribute() throws MalformedSpan {
        if (member.isText() && isKey(EVENT_CONTENT)) {
            if (!json.denies(member)) {
                whole.text(member.bytes, member.valueFrom, member.valueLength);
            }
        } else if (!begins(OF_MODEL) && !begins(OF_EVENT)) {
            if (member.isText() && (isKey(MESSAGE) || isKey(TOOL_CALLS)) && !json.denies(member)) {
                structure(member.valueLength > mostText ? "" : member.asString());
            } else {
                member();
            }
        }
    }

    /** Takes what would be a structure in a log record, and is the text of one here, or of what was said. */
    private void structure(String text) throws MalformedSpan {
        if (isKey(TOOL_CALLS)) {
            name(TOOL_CALLS, 0, TOOL_CALLS.length);
            if (JsonMessage.isArray(text)) {
                rest.raw(member.bytes, member.valueFrom, member.valueLength);
            } else {
                json.write(rest, member);
            }
            return;
        }
        JsonMessage message = JsonMessage.of(text);
        if (message == null) {
            member(CONTENT, 0, CONTENT.length, member);
            return;
        }
        byte[] said = utf8(message.role());
        role(said, 0, said.length);
        if (!message.others().isEmpty()) {
            rest.raw(',');
            JsonRendering.put(rest, utf8(message.others()));
        }
    }

    /** Goes through the members of a map, and of the message in it. */
    private void members(byte[] bytes, int from, int length, boolean isOuter) throws MalformedSpan {
        reader.reset(bytes, from, from + length);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag != MEMBER) {
                reader.skip(tag);
                continue;
            }
            member.read(reader, reader.length());
            if (isOuter && member.type == Attribute.MAP && isKey(MESSAGE)) {
                int position = reader.position();
                int limit = reader.limit();
                members(bytes, member.valueFrom, member.valueLength, false);
                reader.reset(bytes, position, limit);
            } else {
                member();
            }
        }
    }

    private void member() throws MalformedSpan {
        if (!member.isText() || !isKey(ROLE)) {
            if (!json.denies(member)) {
                member(member.bytes, member.keyFrom, member.keyLength, member);
            }
        } else {
            role(member.bytes, member.valueFrom, member.valueLength);
        }
    }

    private void role(byte[] bytes, int from, int length) {
        if (length > 0) {
            role = bytes;
            roleFrom = from;
            roleLength = length;
        }
    }

    private void member(byte[] name, int from, int length, Attribute value) throws MalformedSpan {
        name(name, from, length);
        json.write(rest, value);
    }

    private void name(byte[] name, int from, int length) {
        rest.raw(',');
        JsonRendering.string(rest, name, from, length);
        rest.raw(':');
    }

    private boolean isKey(byte[] key) {
        return member.keyLength == key.length && begins(key);
    }

    private boolean begins(byte[] start) {
        int end = member.keyFrom + start.length;
        return member.keyLength >= start.length
                && Arrays.equals(start, 0, start.length, member.bytes, member.keyFrom, end);
    }

    /** Some write the message as JSON; any other text is what was said. */
    private boolean text(WireWriter out, Attribute body) throws MalformedSpan {
        if (body.valueLength > mostText) {
            return content(out, body);
        }
        String text = body.asString().strip();
        if (text.isEmpty()) {
            return false;
        }
        JsonMessage.Names names = JsonMessage.names(text);
        if (names == JsonMessage.Names.NONE) {
            return content(out, body);
        }
        if (names == JsonMessage.Names.WITH_ROLE) {
            JsonRendering.put(out, utf8(text));
        } else {
            head(out);
            String others = text.substring(1).strip();
            JsonRendering.put(out, utf8((others.equals("}") ? "" : ",") + others));
        }
        return true;
    }

    private boolean content(WireWriter out, Attribute body) throws MalformedSpan {
        rest.clear();
        member(CONTENT, 0, CONTENT.length, body);
        return finish(out);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
