package io.millrace.query.trace;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.millrace.query.trace.Payloads.Payload;
import io.millrace.schema.span.PartialOrder;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.Link;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The bodies of one span, or of a trace itself, that is sent in parts, and the notes on it. What they say together does not
 * depend on the order in which they came: of each field and of each attribute the last value counts that any part says,
 * events and links add up. A body that came whole goes before them. Notes fill in only what nobody else says: their messages
 * one after the other.
 */
final class PartialBodies {
    private final Map<Id, Part> parts = new HashMap<>();
    private int notes;

    /** Of a message; the same when it is sent again. */
    private record Id(ByteString id, long hash) {}

    private record Part(PartialMessage order, long hash, Payload payload) implements Comparable<Part> {
        @Override
        public int compareTo(Part other) {
            return PartialOrder.compare(order, hash, other.order, other.hash);
        }

        SpanBody body() {
            return payload.body();
        }
    }

    /** Takes the body of a message; one that was sent again changes nothing. */
    void add(PartialMessage order, long hash, Payload payload) {
        Part part = new Part(order, hash, payload);
        if (parts.putIfAbsent(new Id(order.getId(), hash), part) == null) {
            notes += order.getNote() ? 1 : 0;
        }
    }

    /** Whether there are but notes. */
    boolean areNotes() {
        return notes == parts.size();
    }

    /** All of them as one. */
    Payload together() {
        return noted(merged());
    }

    /** All of them as one with a body that came whole. */
    Payload together(Payload whole) {
        return noted(areNotes() ? whole : above(whole, merged()));
    }

    private List<Part> sorted(boolean areNotes) {
        return parts.values().stream()
                .filter(part -> part.order.getNote() == areNotes)
                .sorted()
                .toList();
    }

    private Payload merged() {
        SpanBody.Builder body = SpanBody.newBuilder();
        Attributes attributes = new Attributes();
        Distinct<Event> events = new Distinct<>();
        Distinct<Link> links = new Distinct<>();
        Distinct<BlobReference> files = new Distinct<>();
        Origin origin = Origin.getDefaultInstance();
        for (Part part : sorted(false)) {
            SpanBody said = part.body();
            attributes.putAll(said);
            events.addAll(said.getEventsList());
            links.addAll(said.getLinksList());
            files.addAll(said.getAttachmentsList());
            say(body, said);
            boolean saysOrigin = !part.payload.origin().equals(Origin.getDefaultInstance());
            origin = saysOrigin ? part.payload.origin() : origin;
        }
        body.clearAttributes().addAllAttributes(attributes.all());
        body.clearEvents().addAllEvents(events.all());
        body.clearLinks().addAllLinks(links.all());
        body.clearAttachments().addAllAttachments(files.all());
        return new Payload(body.build(), origin);
    }

    /** Each field of {@code said} in place of what was said before; a text takes the reference to all of it along. */
    private static void say(SpanBody.Builder body, SpanBody said) {
        if (!said.getInput().isEmpty()) {
            body.clearInputBlob();
        }
        if (!said.getOutput().isEmpty()) {
            body.clearOutputBlob();
        }
        said.getAllFields().forEach(body::setField);
    }

    /** What the first says counts; the second has what it leaves out. */
    private static Payload above(Payload first, Payload second) {
        SpanBody.Builder body = second.body().toBuilder();
        say(body, first.body());
        Attributes attributes = new Attributes();
        attributes.addAll(first.body());
        attributes.addAll(second.body());
        body.clearAttributes().addAllAttributes(attributes.all());
        body.clearEvents()
                .addAllEvents(union(first.body().getEventsList(), second.body().getEventsList()));
        body.clearLinks()
                .addAllLinks(union(first.body().getLinksList(), second.body().getLinksList()));
        body.clearAttachments()
                .addAllAttachments(
                        union(first.body().getAttachmentsList(), second.body().getAttachmentsList()));
        boolean hasOrigin = !first.origin().equals(Origin.getDefaultInstance());
        return new Payload(body.build(), hasOrigin ? first.origin() : second.origin());
    }

    /** Those of {@code some} as they are, and behind them, once each, those of {@code more} that are not among them. */
    private static <T extends MessageLite> List<T> union(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        Distinct<T> known = new Distinct<>();
        known.addAll(some);
        more.stream().filter(known::add).forEach(all::add);
        return all;
    }

    private Payload noted(Payload said) {
        if (notes == 0) {
            return said;
        }
        List<Part> sorted = sorted(true);
        SpanBody.Builder body = said.body().toBuilder();
        if (body.getInput().isEmpty()) {
            body.setInput(messages(sorted, SpanBody::getInput));
        }
        if (body.getOutput().isEmpty()) {
            body.setOutput(messages(sorted, SpanBody::getOutput));
        }
        Attributes attributes = new Attributes();
        attributes.addAll(said.body());
        List<Event> events = new ArrayList<>();
        List<BlobReference> files = new ArrayList<>();
        for (Part note : sorted) {
            files.addAll(files(note.body()));
            attributes.addAll(note.body());
            events.addAll(note.body().getEventsList());
        }
        body.clearAttributes().addAllAttributes(attributes.all());
        body.clearEvents().addAllEvents(union(said.body().getEventsList(), events));
        body.clearAttachments().addAllAttachments(union(said.body().getAttachmentsList(), files));
        return new Payload(body.build(), said.origin());
    }

    /** Of notes, several may have what is too long for the span: each of them is a file of its own there. */
    private static List<BlobReference> files(SpanBody note) {
        List<BlobReference> files = new ArrayList<>(note.getAttachmentsList());
        if (note.hasInputBlob()) {
            files.add(note.getInputBlob().toBuilder().setName("input").build());
        }
        if (note.hasOutputBlob()) {
            files.add(note.getOutputBlob().toBuilder().setName("output").build());
        }
        return files;
    }

    private static String messages(List<Part> notes, Function<SpanBody, String> field) {
        return MessageList.joined(notes.stream()
                .map(Part::body)
                .map(field)
                .filter(Predicate.not(String::isEmpty))
                .toList());
    }

    /**
     * Messages, each once, in the order in which they came first. Goes by their bytes, a character for each: senders choose
     * them, and of keys whose hashes are made to collide only those that can be ordered are found without looking at all.
     */
    private static final class Distinct<T extends MessageLite> {
        private final Map<String, T> byBytes = new LinkedHashMap<>();

        /** Whether it was not there yet. */
        boolean add(T message) {
            String bytes = new String(message.toByteArray(), StandardCharsets.ISO_8859_1);
            return byBytes.putIfAbsent(bytes, message) == null;
        }

        void addAll(List<T> messages) {
            messages.forEach(this::add);
        }

        Collection<T> all() {
            return byBytes.values();
        }
    }

    /** By their keys, in the order in which the keys came first. */
    private static final class Attributes {
        private final Map<String, List<KeyValue>> byKey = new LinkedHashMap<>();

        /** Those of {@code body} in place of others of their keys. */
        void putAll(SpanBody body) {
            body.getAttributesList().forEach(attribute -> byKey.put(attribute.getKey(), List.of(attribute)));
        }

        /** Those of {@code body} whose keys are not there yet. */
        void addAll(SpanBody body) {
            Map<String, List<KeyValue>> others = new LinkedHashMap<>();
            for (KeyValue attribute : body.getAttributesList()) {
                others.computeIfAbsent(attribute.getKey(), absent -> new ArrayList<>())
                        .add(attribute);
            }
            others.forEach(byKey::putIfAbsent);
        }

        List<KeyValue> all() {
            return byKey.values().stream().flatMap(List::stream).toList();
        }
    }
}
