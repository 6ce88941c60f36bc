package io.millrace.query.trace;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.SpanBody;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bodies of a trace's spans, and of the trace itself, out of their blocks. Of several bodies of one span that with the
 * fact's content is its own; those of a span that was sent in parts are put together; if there is neither, the last one
 * stands for it. To each of them the notes on the span are added, and to one that came whole what parts say beside it.
 */
final class Payloads {
    private static final Logger LOGGER = LoggerFactory.getLogger(Payloads.class);

    /** What is unpacked for one answer; beyond it spans are shown without payloads. */
    private static final long MAX_BYTES = 32L << 20;

    private final Map<SpanId, Payload> latest = new HashMap<>();
    private final Map<Content, Payload> exact = new HashMap<>();
    private final Map<SpanId, PartialBodies> partial = new HashMap<>();
    private final PartialBodies ofTrace = new PartialBodies();
    private final List<Reference> references = new ArrayList<>();
    /** Spans of which masking took the payload out of some message, or may have done so. */
    private final Set<ByteString> dropped = new HashSet<>();

    private long bytes;
    private boolean truncated;

    private record Content(SpanId span, long hash) {}

    /** What a message of a span says of a blob; without an id of a span it is one of the trace. */
    private record Reference(ByteString span, BlobReference blob) {}

    /** A span's body, and where the span came from. */
    record Payload(SpanBody body, Origin origin) {}

    /**
     * @param blocks compressed, in the order of the log; an empty one stands for one left out
     * @param facts of the trace's spans
     */
    static Payloads of(List<byte[]> blocks, List<Fact> facts) {
        Payloads payloads = new Payloads();
        blocks.forEach(payloads::add);
        if (payloads.truncated) {
            // What was left out may be what says that a payload is dropped, which it is only where something was
            // masked.
            facts.stream()
                    .filter(fact -> Mark.MASKED.in(fact.marks()))
                    .forEach(fact -> payloads.dropped.add(bytes(fact.id())));
        }
        return payloads;
    }

    private static ByteString bytes(SpanId span) {
        return ByteString.copyFrom(span.bytes());
    }

    Optional<Payload> of(Fact fact) {
        return together(fact).map(payload -> shown(bytes(fact.id()), payload));
    }

    private Payload shown(ByteString span, Payload payload) {
        return dropped.contains(span) ? new Payload(WithoutPayload.of(payload.body()), payload.origin()) : payload;
    }

    private Optional<Payload> together(Fact fact) {
        Payload own = exact.get(new Content(fact.id(), fact.contentHash()));
        PartialBodies parts = partial.get(fact.id());
        if (own == null && (parts == null || parts.areNotes())) {
            own = latest.get(fact.id());
        }
        if (parts == null) {
            return Optional.ofNullable(own);
        }
        return Optional.of(own == null ? parts.together() : parts.together(own));
    }

    /** What was said of the trace itself; empty texts where nothing was. */
    SpanBody ofTrace() {
        return shown(ByteString.EMPTY, ofTrace.together()).body();
    }

    /** What any message of the trace says of a blob, but for spans without their payload. */
    Optional<BlobReference> reference(BlobId blob) {
        String id = blob.toString();
        return references.stream()
                .filter(reference -> reference.blob.getId().equals(id) && !dropped.contains(reference.span))
                .map(Reference::blob)
                .reduce((first, last) -> last);
    }

    /** Whether bodies were left out because there was too much of them. */
    boolean isTruncated() {
        return truncated;
    }

    private void add(byte[] block) {
        long size = block.length == 0 ? -1 : Zstd.getFrameContentSize(block);
        if (size < 0 || bytes + size > MAX_BYTES) {
            truncated = true;
            return;
        }
        bytes += size;
        try {
            add(BodyBlock.parseFrom(Zstd.decompress(block, (int) size)));
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            // One broken block must not hide the rest of the trace.
            truncated = true;
            LOGGER.atWarn().addKeyValue("reason", e.getClass().getSimpleName()).log("body block is not readable");
        }
    }

    private void add(BodyBlock block) throws InvalidProtocolBufferException {
        Map<Integer, Origin> origins = new HashMap<>();
        for (Body body : block.getBodiesList()) {
            if (body.hasOrigin()) {
                origins.put(body.getOriginIndex(), body.getOrigin());
            }
            Origin origin = origins.getOrDefault(body.getOriginIndex(), Origin.getDefaultInstance());
            add(body, new Payload(SpanBody.parseFrom(body.getBody()), origin));
        }
    }

    private void refer(ByteString span, SpanBody body) {
        if (body.hasInputBlob()) {
            references.add(new Reference(span, body.getInputBlob()));
        }
        if (body.hasOutputBlob()) {
            references.add(new Reference(span, body.getOutputBlob()));
        }
        body.getAttachmentsList().forEach(attachment -> references.add(new Reference(span, attachment)));
        if (body.getPayloadDropped()) {
            dropped.add(span);
        }
    }

    private void add(Body body, Payload payload) {
        refer(body.getSpanId(), payload.body());
        if (body.hasPartial() && body.getSpanId().isEmpty()) {
            ofTrace.add(body.getPartial(), body.getContentHash(), payload);
            return;
        }
        SpanId span = SpanId.of(body.getSpanId().toByteArray());
        if (body.hasPartial()) {
            partial.computeIfAbsent(span, absent -> new PartialBodies())
                    .add(body.getPartial(), body.getContentHash(), payload);
        } else {
            latest.put(span, payload);
            exact.put(new Content(span, body.getContentHash()), payload);
        }
    }
}
