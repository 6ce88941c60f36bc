package io.millrace.query.trace;

import io.millrace.query.trace.Payloads.Payload;
import io.millrace.schema.span.PartialOrder;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.Link;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBody;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The bodies of one span, or of a trace itself, that is sent in parts. What they say together does not depend on the order in
 * which they came: of each field and of each attribute the last value counts that any message says, events and links add up.
 */
final class PartialBodies {
    private final List<Part> parts = new ArrayList<>();

    private record Part(PartialMessage order, long hash, Payload payload) implements Comparable<Part> {
        @Override
        public int compareTo(Part other) {
            return PartialOrder.compare(order, hash, other.order, other.hash);
        }

        boolean isSame(Part other) {
            return PartialOrder.isSame(order, hash, other.order, other.hash);
        }
    }

    /** Takes the body of a message; one that was sent again changes nothing. */
    void add(PartialMessage order, long hash, Payload payload) {
        Part part = new Part(order, hash, payload);
        if (parts.stream().noneMatch(part::isSame)) {
            parts.add(part);
        }
    }

    /** All of them as one. */
    Payload together() {
        SpanBody.Builder body = SpanBody.newBuilder();
        Map<String, KeyValue> attributes = new LinkedHashMap<>();
        Set<Event> events = new LinkedHashSet<>();
        Set<Link> links = new LinkedHashSet<>();
        Origin origin = Origin.getDefaultInstance();
        for (Part part : parts.stream().sorted().toList()) {
            SpanBody said = part.payload.body();
            said.getAttributesList().forEach(attribute -> attributes.put(attribute.getKey(), attribute));
            events.addAll(said.getEventsList());
            links.addAll(said.getLinksList());
            said.getAllFields().forEach(body::setField);
            boolean saysOrigin = !part.payload.origin().equals(Origin.getDefaultInstance());
            origin = saysOrigin ? part.payload.origin() : origin;
        }
        body.clearAttributes().addAllAttributes(attributes.values());
        body.clearEvents().addAllEvents(events);
        body.clearLinks().addAllLinks(links);
        return new Payload(body.build(), origin);
    }
}
