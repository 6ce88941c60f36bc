package io.millrace.ingest.langfuse;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Batches as JSON with apostrophes for quotation marks, what they become, and what that means when it is put together. */
final class Batch {
    static final String TRACE = "51eef633-d6a7-4f43-b481-7e64d1d5355d";
    static final String SPAN = "d106781e-a4bd-4b46-8d2e-e19f2a79de0b";
    static final String TIME = "2026-11-20T21:56:02.488Z";

    private static final Comparator<SpanMessage> BY_TIME = Comparator.<SpanMessage>comparingLong(
                    message -> message.getPartial().getAtNanos())
            .thenComparing(message -> message.getPartial().getUpdate())
            .thenComparing(message -> message.getPartial().getId(), ByteString.unsignedLexicographicalComparator());

    private Batch() {}

    static RequestSpans decode(String... events) {
        return decode(DecodedRequest.CONTEXT, of(events));
    }

    static RequestSpans decode(RequestContext context, byte[] body) {
        try {
            return LangfuseEvents.decode(body, 0, body.length, context);
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError("a batch that should be read", malformed);
        }
    }

    static byte[] of(String... events) {
        return utf8("{'batch':[" + String.join(",", events) + "],'metadata':{'batch_size':1}}");
    }

    static byte[] utf8(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    /** An event whose id is {@code e1}. */
    static String event(String type, String members) {
        return event("e1", type, TIME, members);
    }

    static String event(String id, String type, String timestamp, String members) {
        return "{'id':'%s','type':'%s','timestamp':'%s','body':{%s}}".formatted(id, type, timestamp, members);
    }

    /** An event about the observation {@link #SPAN} of {@link #TRACE}. */
    static String observation(String type, String members) {
        String ids = "'id':'%s','traceId':'%s'".formatted(SPAN, TRACE);
        return event(type, members.isEmpty() ? ids : ids + "," + members);
    }

    /** The span of the one message that the event becomes. */
    static DecodedRequest.Span only(String event) {
        return new DecodedRequest(decode(event)).only();
    }

    /** A span or a trace from all its messages: an independent and naive reading of how they are put together. */
    record Whole(SpanMessage message, SpanBody body) {
        Map<String, String> attributes() {
            Map<String, String> attributes = new TreeMap<>();
            body.getAttributesList()
                    .forEach(a -> attributes.put(a.getKey(), a.getValue().getStringValue()));
            return attributes;
        }
    }

    /** By trace and span id in hex; that of a trace has no span id. */
    static Map<String, Whole> fold(Stream<RequestSpans> requests) {
        Map<String, List<SpanMessage>> messages = requests.flatMap(
                        request -> new DecodedRequest(request).spans().stream())
                .map(DecodedRequest.Span::message)
                .collect(Collectors.groupingBy(message -> hex(message.getTraceId()) + "/" + hex(message.getSpanId())));
        Map<String, Whole> wholes = new TreeMap<>();
        messages.forEach((id, parts) -> wholes.put(id, fold(parts)));
        return wholes;
    }

    /** Protobuf's merge lets later fields win and absent ones say nothing. */
    private static Whole fold(List<SpanMessage> unordered) {
        List<SpanMessage> parts = new ArrayList<>(unordered);
        parts.sort(BY_TIME);
        SpanMessage.Builder message = SpanMessage.newBuilder();
        SpanBody.Builder body = SpanBody.newBuilder();
        long start = 0;
        for (SpanMessage part : parts) {
            start = start == 0 ? part.getStartNanos() : start;
            message.mergeFrom(part.toBuilder().clearBody().clearPartial().build());
            message.mergePartial(PartialMessage.newBuilder()
                    .setFirstTokenAtNanos(part.getPartial().getFirstTokenAtNanos())
                    .build());
            try {
                body.mergeFrom(part.getBody());
            } catch (InvalidProtocolBufferException broken) {
                throw new AssertionError(broken);
            }
        }
        return new Whole(message.setStartNanos(start).build(), body.build());
    }

    static String hex(ByteString bytes) {
        StringBuilder hex = new StringBuilder();
        bytes.forEach(b -> hex.append("%02x".formatted(b)));
        return hex.toString();
    }
}
