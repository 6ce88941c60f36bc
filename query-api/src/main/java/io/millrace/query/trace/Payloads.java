package io.millrace.query.trace;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.SpanBody;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bodies of a trace's spans, out of their blocks. Of several bodies of one span that with the fact's content is
 * its own; if none has it (partials that were merged), the last one stands for it.
 */
final class Payloads {
    private static final Logger LOGGER = LoggerFactory.getLogger(Payloads.class);

    /** What is unpacked for one answer; beyond it spans are shown without payloads. */
    private static final long MAX_BYTES = 32L << 20;

    private final Map<SpanId, Payload> latest = new HashMap<>();
    private final Map<Content, Payload> exact = new HashMap<>();
    private long bytes;
    private boolean truncated;

    private record Content(SpanId span, long hash) {}

    /** A span's body, and where the span came from. */
    record Payload(SpanBody body, Origin origin) {}

    /**
     * @param blocks compressed, in the order of the log; an empty one stands for one left out
     */
    static Payloads of(List<byte[]> blocks) {
        Payloads payloads = new Payloads();
        blocks.forEach(payloads::add);
        return payloads;
    }

    Optional<Payload> of(Fact fact) {
        Payload own = exact.get(new Content(fact.id(), fact.contentHash()));
        return Optional.ofNullable(own == null ? latest.get(fact.id()) : own);
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
            SpanId span = SpanId.of(body.getSpanId().toByteArray());
            Payload payload = new Payload(SpanBody.parseFrom(body.getBody()), origin);
            latest.put(span, payload);
            exact.put(new Content(span, body.getContentHash()), payload);
        }
    }
}
