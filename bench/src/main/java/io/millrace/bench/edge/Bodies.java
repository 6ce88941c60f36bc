package io.millrace.bench.edge;

import io.millrace.bench.load.Mix;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Encoded requests that are made once. Where ids lie open, a copy gets new trace ids for each request, which takes about a
 * microsecond; packed ones are sent as they are, one after the other.
 */
final class Bodies {
    /** As many as there are connections, so that no two requests of a batch are the same but for their ids. */
    private static final int OPEN = 16;

    private static final int PACKED = 32;

    private final Wire wire;
    private final List<Body> bodies;

    /**
     * One request.
     *
     * @param content as it is sent
     * @param places where the second half of each span's trace id begins, and the number of its trace
     */
    record Body(ByteBuffer content, Map<Integer, Integer> places) {}

    private Bodies(Wire wire, List<Body> bodies) {
        this.wire = wire;
        this.bodies = bodies;
    }

    static Bodies of(Payload payload, Wire wire, long endNanos) {
        List<Body> bodies = new ArrayList<>();
        for (int i = 0; i < (wire.isOpen() ? OPEN : PACKED); i++) {
            List<SampleSpan> spans = payload.spans(i, endNanos);
            byte[] encoded = wire.encode(spans);
            bodies.add(new Body(direct(encoded), wire.isOpen() ? places(encoded, spans, wire) : Map.of()));
        }
        return new Bodies(wire, bodies);
    }

    Wire wire() {
        return wire;
    }

    /** On average. */
    double bytesPerSpan() {
        return bodies.stream()
                        .mapToInt(body -> body.content.capacity())
                        .average()
                        .orElse(0)
                / Payload.SPANS_PER_BODY;
    }

    /** All of them, as they are encoded. */
    List<byte[]> arrays() {
        List<byte[]> arrays = new ArrayList<>();
        for (Body body : bodies) {
            byte[] array = new byte[body.content.capacity()];
            body.content.duplicate().get(array);
            arrays.add(array);
        }
        return arrays;
    }

    /** The request of that number, to be read once; ids repeat. */
    ByteBuffer shared(long number) {
        return body(number).content.duplicate();
    }

    /** A copy of a request, for {@link #stamp}. */
    ByteBuffer copy(long number) {
        ByteBuffer source = shared(number);
        return ByteBuffer.allocateDirect(source.capacity()).put(source).flip();
    }

    /** Gives a copy of the request {@code copied} the trace ids of the request of another number. */
    void stamp(ByteBuffer copy, long copied, long number) {
        body(copied).places.forEach((at, trace) -> {
            long id = Mix.of(number, trace);
            if (wire.isText()) {
                String hex = HexFormat.of().toHexDigits(id);
                for (int i = 0; i < hex.length(); i++) {
                    copy.put(at + i, (byte) hex.charAt(i));
                }
            } else {
                copy.putLong(at, id);
            }
        });
    }

    private Body body(long number) {
        return bodies.get((int) (number % bodies.size()));
    }

    /** Finds each id by its content: 128 bits of it are nowhere by chance. */
    private static Map<Integer, Integer> places(byte[] encoded, List<SampleSpan> spans, Wire wire) {
        Map<Integer, Integer> places = new TreeMap<>();
        List<Long> traces = spans.stream().map(SampleSpan::traceHigh).distinct().toList();
        int from = 0;
        for (SampleSpan span : spans) {
            byte[] id = OtlpProtobuf.id(span.traceHigh(), span.traceLow());
            byte[] written = wire.isText() ? HexFormat.of().formatHex(id).getBytes(StandardCharsets.US_ASCII) : id;
            int at = indexOf(encoded, written, from);
            places.put(at + written.length / 2, traces.indexOf(span.traceHigh()));
            from = at + written.length;
        }
        return places;
    }

    private static int indexOf(byte[] all, byte[] part, int from) {
        for (int at = from; at <= all.length - part.length; at++) {
            if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new IllegalStateException("a body without one of its ids");
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
