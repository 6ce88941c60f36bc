package io.millrace.jobs.assembly;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.millrace.jobs.assembly.Partials.Part;
import io.millrace.jobs.store.SeriesText;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.SpanMessage;
import io.millrace.schema.wire.UsageMessage;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of a span say together. Start, parent and environment are what the earliest message says that says
 * one, the end is the latest there is, tags and marks add up, and every other field is what the last message says that
 * says one. A message that leaves a field out says nothing of it and erases nothing.
 */
final class PartialFold {
    private static final long NANOS_PER_MILLI = 1_000_000L;
    // What is no field of the message itself, beside the numbers of those that are.
    private static final int SERVICE = -1;
    private static final int EARLIEST_START = -2;
    private static final int FIRST_MARK = -100;

    private final Partials partials;
    private final SpanMessage.Builder message = SpanMessage.newBuilder();
    /** By the number of the field: the message that counts. */
    private final Map<Integer, Part> counting = new HashMap<>();

    private final TreeMap<String, Part> tags = new TreeMap<>();
    private String service = "";
    private long earliestStart;
    /** When the first token came, since the epoch; 0 when it is said as a time since the start, or not at all. */
    private long firstTokenAt;

    /** Tells what a span costs. */
    interface Pricing {
        SpanCost costOf(SpanMessage span, @Nullable Usage usage);
    }

    private PartialFold(Partials partials) {
        this.partials = partials;
    }

    static PartialFold of(Partials partials) {
        PartialFold fold = new PartialFold(partials);
        partials.parts().forEach(fold::add);
        fold.message.clearTags().addAllTags(fold.tags.keySet());
        return fold;
    }

    /**
     * The span, placed where its first message stands. One without an end is {@link Mark#INCOMPLETE}, ends where it starts,
     * and has the time at which that message was received for its window.
     *
     * @param first any message of it that is to be its place, or a span that others are merged into
     */
    static SpanFact span(SpanFact first, Partials partials, Pricing pricing) {
        return of(partials).span(first, pricing);
    }

    /** What is said, and no more. */
    SpanMessage said() {
        return message.build();
    }

    /** The earliest of all starts; 0 when none is said. */
    long earliestStart() {
        return earliestStart;
    }

    /** Whether a start is said. */
    boolean isStarted() {
        return message.getStartNanos() != 0;
    }

    /** The messages without which something would be another. */
    Set<Part> counting() {
        Set<Part> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(counting.values());
        all.addAll(tags.values());
        return all;
    }

    private SpanFact span(SpanFact first, Pricing pricing) {
        boolean started = isStarted();
        boolean isEvent = SpanKind.of(message.getKind()) == SpanKind.EVENT;
        boolean ended = message.getEndNanos() != 0 || isEvent && started;
        int marks = message.getMarks() & ~Mark.INCOMPLETE.bit();
        long end = message.getEndNanos() == 0 ? message.getStartNanos() : message.getEndNanos();
        long start = started ? message.getStartNanos() : ended ? end : firstSaidAt(first);
        long window = first.receivedAtMillis() * NANOS_PER_MILLI;
        if (ended) {
            marks |= Long.compareUnsigned(end, start) < 0 ? Mark.END_BEFORE_START.bit() : 0;
            long endSaid = endReceivedMillis(first);
            boolean ahead = SpanFact.isAhead(end, endSaid);
            marks |= ahead ? Mark.CLOCK_SKEW.bit() : 0;
            window = ahead ? endSaid * NANOS_PER_MILLI : end;
        } else {
            marks |= Mark.INCOMPLETE.bit();
            end = start;
        }
        if (firstTokenAt != 0) {
            message.setTimeToFirstTokenNanos(started ? Math.max(0, firstTokenAt - start) : 0);
        }
        marks |= partials.isTruncated() ? Mark.TRUNCATED.bit() : 0;
        SpanMessage whole = message.setTraceId(first.message().getTraceId())
                .setSpanId(first.message().getSpanId())
                .setStartNanos(start)
                .setEndNanos(end)
                .setMarks(marks)
                .setContentHash(partials.contentHash())
                .build();
        Usage usage = whole.hasUsage() ? Usage.of(whole.getUsage()) : null;
        return new SpanFact(
                first.project(),
                first.trace(),
                first.id(),
                SpanFactSerializer.parentOf(whole),
                whole,
                whole.getEnvironment(),
                service,
                whole.getRelease(),
                usage,
                pricing.costOf(whole, usage),
                window,
                first.receivedAtMillis(),
                marks,
                first.partition(),
                first.offset(),
                partials);
    }

    /** For a span that nobody said the start of: when it was first spoken of. */
    private long firstSaidAt(SpanFact first) {
        long said = partials.parts().get(0).order().getAtNanos();
        return said > 0 ? said : first.receivedAtMillis() * NANOS_PER_MILLI;
    }

    private long endReceivedMillis(SpanFact first) {
        Part part = counting.get(SpanMessage.END_NANOS_FIELD_NUMBER);
        Part says = part == null ? counting.get(SpanMessage.START_NANOS_FIELD_NUMBER) : part;
        return says == null ? first.receivedAtMillis() : says.receivedAtMillis();
    }

    private void add(Part part) {
        SpanMessage said = part.said();
        if (said == null) {
            return;
        }
        said.getAllFields().forEach((field, value) -> add(part, said, field, value));
        if (part.order().getFirstTokenAtNanos() > 0) {
            firstTokenAt = part.order().getFirstTokenAtNanos();
            counting.put(SpanMessage.TIME_TO_FIRST_TOKEN_NANOS_FIELD_NUMBER, part);
        }
        if (!part.service().isEmpty()) {
            service = part.service();
            counting.put(SERVICE, part);
        }
    }

    private void add(Part part, SpanMessage said, FieldDescriptor field, Object value) {
        int number = field.getNumber();
        switch (number) {
            case SpanMessage.START_NANOS_FIELD_NUMBER -> {
                addStart(part, said.getStartNanos());
                first(part, field, value);
            }
            case SpanMessage.PARENT_SPAN_ID_FIELD_NUMBER, SpanMessage.ENVIRONMENT_FIELD_NUMBER ->
                first(part, field, value);
            case SpanMessage.END_NANOS_FIELD_NUMBER -> {
                if (Long.compareUnsigned(said.getEndNanos(), message.getEndNanos()) > 0) {
                    last(part, field, value);
                }
            }
            case SpanMessage.TAGS_FIELD_NUMBER -> said.getTagsList().forEach(tag -> addTag(part, tag));
            case SpanMessage.MARKS_FIELD_NUMBER -> addMarks(part, said.getMarks());
            case SpanMessage.USAGE_FIELD_NUMBER -> {
                // An empty one is what clients send that have nothing to say of it.
                boolean isEmpty = said.getUsage().equals(UsageMessage.getDefaultInstance());
                if (!isEmpty || message.getUsage().equals(UsageMessage.getDefaultInstance())) {
                    last(part, field, value);
                }
            }
            case SpanMessage.TIME_TO_FIRST_TOKEN_NANOS_FIELD_NUMBER -> {
                firstTokenAt = 0;
                last(part, field, value);
            }
            default -> last(part, field, value);
        }
    }

    private void first(Part part, FieldDescriptor field, Object value) {
        if (counting.putIfAbsent(field.getNumber(), part) == null) {
            message.setField(field, value);
        }
    }

    private void last(Part part, FieldDescriptor field, Object value) {
        counting.put(field.getNumber(), part);
        message.setField(field, value);
    }

    private void addStart(Part part, long start) {
        if (earliestStart == 0 || Long.compareUnsigned(start, earliestStart) < 0) {
            earliestStart = start;
            counting.put(EARLIEST_START, part);
        }
    }

    private void addTag(Part part, String tag) {
        tags.putIfAbsent(tag, part);
        if (tags.size() > SeriesText.MAX_TAGS) {
            tags.pollLastEntry();
        }
    }

    private void addMarks(Part part, int marks) {
        int more = marks & ~message.getMarks();
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            if ((more & 1 << bit) != 0) {
                counting.put(FIRST_MARK - bit, part);
            }
        }
        message.setMarks(message.getMarks() | marks);
    }
}
