package io.millrace.bench.refusals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A request that no well-behaved client sends.
 *
 * @param name for people
 * @param path it goes to
 * @param authorization empty for none
 * @param contentType of the body
 * @param encoding empty for none
 * @param body made anew for each request; its length is not announced
 * @param status what it has to be answered with
 */
record BadInput(
        String name,
        String path,
        String authorization,
        String contentType,
        String encoding,
        Supplier<InputStream> body,
        int status) {
    private static final String TRACES = "/v1/traces";
    private static final String SPANS = "/v1/spans";
    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/x-protobuf";
    private static final int MIB = 1 << 20;
    private static final int ATTRIBUTE_BYTES = 10_000_000;
    private static final int MOST_SPANS = 100_000;
    /** Blocks of 16 MiB of zeros. */
    private static final int BOMB_BLOCKS = 640;

    private static final String ENVELOPE = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[%s]}]}]}";
    private static final String SPAN =
            "{\"traceId\":\"%s\",\"spanId\":\"%016x\",\"name\":\"a\",\"endTimeUnixNano\":\"%d\",\"attributes\":[%s]}";

    /** The table. */
    static List<BadInput> all(String secret) {
        String key = "Bearer " + secret;
        return List.of(
                text("no key, OTLP", TRACES, "", JSON, "{}", 401),
                text("no key, native", SPANS, "", JSON, "[]", 401),
                text("unknown key", SPANS, "Bearer sk-mr-" + "0".repeat(64), JSON, "[]", 401),
                text("wrong content type", SPANS, key, "text/plain", "[]", 415),
                text("no JSON", SPANS, key, JSON, "nonsense", 400),
                text("half a JSON, OTLP", TRACES, key, JSON, "{\"resourceSpans\":[{", 400),
                text("garbage as protobuf", TRACES, key, PROTOBUF, "\u00ff\u00ff\u0003", 400),
                text("no such path", "/nothing", key, JSON, "{}", 404),
                text("a span of 1970 beside a good one", TRACES, key, JSON, spans(span(1, 1, ""), now(2, "")), 200),
                text("a span without ids alone", TRACES, key, JSON, spans("{\"name\":\"a\"}"), 400),
                new BadInput("half a gzip", TRACES, key, JSON, "gzip", () -> halfAGzip(), 400),
                text("an attribute of 10 MB", TRACES, key, JSON, spans(now(3, attribute())), 200),
                new BadInput("100,000 spans", TRACES, key, JSON, "gzip", () -> manySpans(MOST_SPANS), 200),
                new BadInput("100,001 spans", TRACES, key, JSON, "gzip", () -> manySpans(MOST_SPANS + 1), 413),
                new BadInput("16 MiB and a byte", TRACES, key, JSON, "", () -> zeros(16 * MIB + 1), 413),
                new BadInput("a gzip bomb of 10 GB", TRACES, key, JSON, "gzip", BadInput::bomb, 413));
    }

    private static BadInput text(
            String name, String path, String authorization, String contentType, String body, int status) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return new BadInput(name, path, authorization, contentType, "", () -> new ByteArrayInputStream(bytes), status);
    }

    private static String spans(String... spans) {
        return ENVELOPE.formatted(String.join(",", spans));
    }

    private static String now(int id, String attributes) {
        return span(id, Instant.now().toEpochMilli() * 1_000_000L, attributes);
    }

    private static String span(int id, long endNanos, String attributes) {
        return SPAN.formatted(UUID.randomUUID().toString().replace("-", ""), id, endNanos, attributes);
    }

    private static String attribute() {
        return "{\"key\":\"big\",\"value\":{\"stringValue\":\"" + "x".repeat(ATTRIBUTE_BYTES) + "\"}}";
    }

    private static InputStream manySpans(int count) {
        String trace = UUID.randomUUID().toString().replace("-", "");
        long end = Instant.now().toEpochMilli() * 1_000_000L;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            String[] around = ENVELOPE.split("%s", -1);
            out.write(around[0].getBytes(StandardCharsets.US_ASCII));
            for (int i = 1; i <= count; i++) {
                String span = (i == 1 ? "" : ",") + SPAN.formatted(trace, i, end, "");
                out.write(span.getBytes(StandardCharsets.US_ASCII));
            }
            out.write(around[1].getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private static InputStream halfAGzip() {
        byte[] whole;
        try (InputStream spans = manySpans(100)) {
            whole = spans.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ByteArrayInputStream(whole, 0, whole.length / 2);
    }

    private static InputStream zeros(int length) {
        return new ByteArrayInputStream(new byte[length]);
    }

    /** One block of 16 MiB of zeros, said again and again. */
    private static InputStream bomb() {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(new byte[16 * MIB]);
        byte[] block = new byte[MIB];
        int length = 0;
        for (int n = -1; n != 0; length += n) {
            n = deflater.deflate(block, length, block.length - length, Deflater.FULL_FLUSH);
        }
        deflater.end();
        byte[] packed = Arrays.copyOf(block, length);
        byte[] header = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0};
        Stream<InputStream> parts = Stream.concat(
                Stream.of(new ByteArrayInputStream(header)),
                IntStream.range(0, BOMB_BLOCKS).mapToObj(i -> new ByteArrayInputStream(packed)));
        return new SequenceInputStream(Collections.enumeration(parts.toList()));
    }
}
