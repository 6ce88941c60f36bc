package io.millrace.jobs.assembly;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.schema.span.PartialOrder;
import io.millrace.schema.wire.KeptPartial;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.PartialMessages;
import io.millrace.schema.wire.SpanMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one span, or of one trace, that is sent in parts: sorted, each once. Immutable. What they say together is
 * a function of them ({@link PartialFold}), so the order in which they came is of no account.
 *
 * <p>A note is kept by its id from the first: what it says stands in the body of its span.
 *
 * <p>Of many messages those of which nothing counts any more are kept by their ids only, and of very many the earliest of
 * those are forgotten: the span stays what it is, but one of them that comes again is not recognised. Up to
 * {@value #KEPT_WHOLE} are kept whole, because a job that starts again from a checkpoint has to be able to leave out those
 * that came after it.
 */
public final class Partials {
    static final int KEPT_WHOLE = 32;
    /** More than can count at once: each counts by a field, a tag or a mark that no other one brings. */
    static final int MOST = 256;

    private final List<Part> parts;
    private final boolean truncated;
    private final long placedAfter;
    private int bytes = -1;

    /**
     * A message.
     *
     * @param said without ids and body; null when nothing of it counts any more
     * @param service the origin's service name; may be empty
     * @param receivedAtMillis the edge's clock
     * @param partition where in the log it stands
     * @param offset where in the partition
     */
    public record Part(
            PartialMessage order,
            long contentHash,
            @Nullable SpanMessage said,
            String service,
            long receivedAtMillis,
            int partition,
            long offset)
            implements Comparable<Part> {
        @Override
        public int compareTo(Part other) {
            return PartialOrder.compare(order, contentHash, other.order, other.contentHash);
        }

        boolean isSame(Part other) {
            return PartialOrder.isSame(order, contentHash, other.order, other.contentHash);
        }

        private Part idOnly() {
            return new Part(order, contentHash, null, "", 0, partition, offset);
        }
    }

    private Partials(List<Part> parts, boolean truncated, long placedAfter) {
        this.parts = List.copyOf(parts);
        this.truncated = truncated;
        this.placedAfter = placedAfter;
    }

    /**
     * A single message.
     *
     * @param fact of a message that says how it stands to others
     */
    public static Partials of(SpanFact fact) {
        SpanMessage message = fact.message();
        if (message.getPartial().getNote()) {
            Part note = new Part(
                    message.getPartial(), message.getContentHash(), null, "", 0, fact.partition(), fact.offset());
            return new Partials(List.of(note), false, 0);
        }
        SpanMessage said = message.toBuilder()
                .clearTraceId()
                .clearSpanId()
                .clearOrigin()
                .clearContentHash()
                .clearPartial()
                .setEnvironment(fact.environment())
                .setRelease(fact.release())
                .build();
        Part part = new Part(
                message.getPartial(),
                message.getContentHash(),
                said,
                fact.service(),
                fact.receivedAtMillis(),
                fact.partition(),
                fact.offset());
        return new Partials(List.of(part), false, 0);
    }

    /** Reads what {@link #toBytes} wrote. */
    public static Partials of(byte[] bytes) throws InvalidProtocolBufferException {
        PartialMessages message = PartialMessages.parseFrom(bytes);
        List<Part> parts = new ArrayList<>(message.getKeptCount());
        for (KeptPartial kept : message.getKeptList()) {
            parts.add(new Part(
                    kept.getOrder(),
                    kept.getContentHash(),
                    kept.hasSaid() ? kept.getSaid() : null,
                    kept.getServiceName(),
                    kept.getReceivedAtMillis(),
                    kept.getPartition(),
                    kept.getOffset()));
        }
        return new Partials(parts, message.getTruncated(), message.getPlacedAfter());
    }

    public byte[] toBytes() {
        return toMessage().toByteArray();
    }

    /** As many bytes as {@link #toBytes} has. */
    public int bytes() {
        if (bytes < 0) {
            bytes = toMessage().getSerializedSize();
        }
        return bytes;
    }

    /** In their order. */
    List<Part> parts() {
        return parts;
    }

    /** Whether all of them are notes, which say nothing by themselves. */
    boolean areNotes() {
        return parts.stream().allMatch(part -> part.order().getNote());
    }

    /** Whether some that do not count any more were forgotten. */
    boolean isTruncated() {
        return truncated;
    }

    /** The checkpoint after which the row was made, where no message made it, but that none came; else 0. */
    public long placedAfter() {
        return placedAfter;
    }

    Partials placedAfter(long checkpoint) {
        return new Partials(parts, truncated, checkpoint);
    }

    /** These and the others; the equal of this when none of the others is new. */
    public Partials with(Partials others) {
        List<Part> all = new ArrayList<>(parts.size() + others.parts.size());
        all.addAll(parts);
        for (Part other : others.parts) {
            if (parts.stream().noneMatch(other::isSame)) {
                all.add(other);
            }
        }
        if (all.size() == parts.size()) {
            return this;
        }
        Collections.sort(all);
        return bounded(new Partials(all, truncated || others.truncated, Math.max(placedAfter, others.placedAfter)));
    }

    /** Those for which {@code test} holds; null when it holds for none. */
    @Nullable
    Partials where(Predicate<Part> test) {
        List<Part> left = parts.stream().filter(test).toList();
        return left.isEmpty() ? null : new Partials(left, truncated, placedAfter);
    }

    /** The same for the same messages. */
    long contentHash() {
        long hash = parts.size();
        for (Part part : parts) {
            hash = (hash ^ part.order().getId().hashCode()) * 0x9E3779B97F4A7C15L;
            hash = (hash ^ part.contentHash() ^ hash >>> 32) * 0xBF58476D1CE4E5B9L;
        }
        return hash ^ hash >>> 31;
    }

    private static Partials bounded(Partials all) {
        long whole = all.parts.stream().filter(part -> part.said() != null).count();
        if (whole <= KEPT_WHOLE && all.parts.size() <= MOST) {
            return all;
        }
        Set<Part> counting = PartialFold.of(all).counting();
        List<Part> kept = new ArrayList<>(all.parts.size());
        int excess = all.parts.size() - MOST;
        for (Part part : all.parts) {
            if (counting.contains(part)) {
                kept.add(part);
            } else if (excess-- <= 0) {
                kept.add(part.idOnly());
            }
        }
        return new Partials(kept, all.truncated || kept.size() < all.parts.size(), all.placedAfter);
    }

    private PartialMessages toMessage() {
        PartialMessages.Builder message =
                PartialMessages.newBuilder().setTruncated(truncated).setPlacedAfter(placedAfter);
        for (Part part : parts) {
            KeptPartial.Builder kept = message.addKeptBuilder()
                    .setOrder(part.order())
                    .setContentHash(part.contentHash())
                    .setServiceName(part.service())
                    .setReceivedAtMillis(part.receivedAtMillis())
                    .setPartition(part.partition())
                    .setOffset(part.offset());
            if (part.said() != null) {
                kept.setSaid(part.said());
            }
        }
        return message.build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Partials that
                && parts.equals(that.parts)
                && truncated == that.truncated
                && placedAfter == that.placedAfter;
    }

    @Override
    public int hashCode() {
        return Objects.hash(parts, truncated, placedAfter);
    }
}
