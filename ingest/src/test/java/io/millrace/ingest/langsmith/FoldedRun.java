package io.millrace.ingest.langsmith;

import com.google.protobuf.ByteString;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The messages of runs put together in the plainest way: in their order, each says over what those before it said. */
final class FoldedRun {
    private FoldedRun() {}

    /** One span of each id, in the order in which they come. */
    static List<Span> all(List<Span> messages) {
        Map<ByteString, List<Span>> byId = new LinkedHashMap<>();
        messages.forEach(message -> byId.computeIfAbsent(message.message().getSpanId(), first -> new ArrayList<>())
                .add(message));
        return byId.values().stream().map(FoldedRun::fold).toList();
    }

    private static Span fold(List<Span> messages) {
        List<Span> ordered = new ArrayList<>(messages);
        ordered.sort(Comparator.<Span>comparingLong(
                        span -> span.message().getPartial().getAtNanos())
                .thenComparing(span -> span.message().getPartial().getUpdate())
                .thenComparing(
                        span -> span.message().getPartial().getId(), ByteString.unsignedLexicographicalComparator()));
        SpanMessage.Builder message = SpanMessage.newBuilder();
        SpanBody.Builder body = SpanBody.newBuilder();
        int marks = 0;
        for (Span span : ordered) {
            marks |= span.message().getMarks();
            message.mergeFrom(span.message());
            body.mergeFrom(span.body());
        }
        message.setMarks(marks);
        List<String> tags =
                List.copyOf(message.getTagsList()).stream().distinct().toList();
        message.clearTags().addAllTags(tags);
        Span last = Objects.requireNonNull(ordered.get(ordered.size() - 1));
        return new Span(message.build(), body.build(), last.origin());
    }
}
