package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the body of an event that is one message of a conversation as an array of this message, in the form in which spans
 * have theirs: {@code [{"role": ..., "content": ...}]}, with whatever else the body has. A choice has its message in a member,
 * whose members become its own.
 */
final class EventMessage {
    private static final int MEMBER = 1 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final byte[] ROLE = JsonRendering.ascii("role");
    private static final byte[] MESSAGE = JsonRendering.ascii("message");
    private static final byte[] HEAD = JsonRendering.ascii("[{\"role\":");
    private static final byte[] CONTENT = JsonRendering.ascii(",\"content\":");
    private static final byte[] TAIL = JsonRendering.ascii("}]");

    /** Names come from senders without end, so none is kept. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final JsonRendering json;
    private final int mostText;
    private final WireReader reader = new WireReader();
    private final Attribute member = new Attribute();

    private byte[] role = ROLE;
    private int roleFrom;
    private int roleLength;
    private boolean saysMore;

    /** @param mostText bytes beyond which a text is not looked into, since it is cut in any case */
    EventMessage(JsonRendering json, int mostText) {
        this.json = json;
        this.mostText = mostText;
    }

    /**
     * Writes the message.
     *
     * @param usualRole whose it is if it does not say so
     * @param body a value that stands in no attribute
     * @return whether it says anything but whose it is; else nothing was written
     */
    boolean write(WireWriter out, String usualRole, Attribute body) throws MalformedSpan {
        role = JsonRendering.ascii(usualRole);
        roleFrom = 0;
        roleLength = role.length;
        return switch (body.type) {
            case Attribute.NONE -> false;
            case Attribute.MAP -> map(out, body);
            case Attribute.TEXT -> text(out, body);
            default -> content(out, body);
        };
    }

    private boolean content(WireWriter out, Attribute body) throws MalformedSpan {
        head(out);
        JsonRendering.put(out, CONTENT);
        json.write(out, body);
        JsonRendering.put(out, TAIL);
        return true;
    }

    private void head(WireWriter out) {
        JsonRendering.put(out, HEAD);
        JsonRendering.string(out, role, roleFrom, roleLength);
    }

    private boolean map(WireWriter out, Attribute body) throws MalformedSpan {
        saysMore = false;
        members(null, body.bytes, body.valueFrom, body.valueLength, true);
        if (!saysMore) {
            return false;
        }
        head(out);
        members(out, body.bytes, body.valueFrom, body.valueLength, true);
        JsonRendering.put(out, TAIL);
        return true;
    }

    /**
     * Goes through the members of a map, and of the message in it.
     *
     * @param out null to look only for whose it is and whether it says more
     */
    private void members(@Nullable WireWriter out, byte[] bytes, int from, int length, boolean isOuter)
            throws MalformedSpan {
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
                members(out, bytes, member.valueFrom, member.valueLength, false);
                reader.reset(bytes, position, limit);
            } else {
                member(out);
            }
        }
    }

    private void member(@Nullable WireWriter out) throws MalformedSpan {
        boolean isRole = member.isText() && isKey(ROLE);
        if (out == null && isRole && member.valueLength > 0) {
            role = member.bytes;
            roleFrom = member.valueFrom;
            roleLength = member.valueLength;
        }
        if (isRole || json.denies(member)) {
            return;
        }
        saysMore = true;
        if (out != null) {
            out.raw(',');
            JsonRendering.string(out, member.bytes, member.keyFrom, member.keyLength);
            out.raw(':');
            json.write(out, member);
        }
    }

    private boolean isKey(byte[] key) {
        return Arrays.equals(key, 0, key.length, member.bytes, member.keyFrom, member.keyFrom + member.keyLength);
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
        Names names = names(text);
        if (names == Names.NONE) {
            return content(out, body);
        }
        if (names == Names.WITH_ROLE) {
            JsonRendering.put(out, utf8("[" + text + "]"));
        } else {
            head(out);
            String rest = text.substring(1).strip();
            JsonRendering.put(out, utf8((rest.equals("}") ? "" : ",") + rest + "]"));
        }
        return true;
    }

    private enum Names {
        /** It is no JSON object. */
        NONE,
        WITH_ROLE,
        WITHOUT_ROLE
    }

    private static Names names(String text) {
        if (text.charAt(0) != '{') {
            return Names.NONE;
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            Names names = Names.WITHOUT_ROLE;
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                names = "role".equals(parser.currentName()) ? Names.WITH_ROLE : names;
                parser.nextToken();
                parser.skipChildren();
            }
            return parser.nextToken() == null ? names : Names.NONE;
        } catch (IOException notJson) {
            return Names.NONE;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
