package io.millrace.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * A request that a real SDK once sent. Its times and its traces' ids are replaced in the recorded bytes themselves, so that
 * all else reaches the edge as the SDK wrote it.
 */
final class Capture {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern JSON_TIME = Pattern.compile("imeUnixNano\":\"(\\d{19})\"");
    private static final Pattern JSON_TRACE = Pattern.compile("\"traceId\":\"([0-9a-f]{32})\"");

    private final byte[] body;
    private final JsonNode headers;
    private final String path;
    private final String contentType;
    /** Of the body, or of gRPC's message. */
    private final String encoding;

    private Capture(byte[] body, JsonNode recorded) {
        this.body = body;
        this.path = recorded.required("path").textValue();
        this.headers = recorded.required("headers");
        this.contentType = headers.required("content-type").textValue();
        this.encoding = headers.path("content-encoding")
                .asText(headers.path("grpc-encoding").asText(""));
    }

    static Capture of(String name) {
        try {
            return new Capture(resource(name, "001.bin"), JSON.readTree(resource(name, "001.headers.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] resource(String name, String file) throws IOException {
        String path = "/captures/" + name + "/" + file;
        try (InputStream in = Objects.requireNonNull(Capture.class.getResourceAsStream(path), path)) {
            return in.readAllBytes();
        }
    }

    /**
     * The request as this tenant would send it over HTTP.
     *
     * @param trace 32 hexadecimal digits
     * @param newest when the last of its spans ends
     */
    HttpRequest request(Tenant tenant, String trace, Instant newest) {
        return tenant.otlp(contentType, encoding, packed(trace, newest));
    }

    /** Sends it as this tenant would, over HTTP or gRPC, whichever was recorded. */
    void send(Tenant tenant, String trace, Instant newest) {
        if (contentType.equals("application/grpc")) {
            tenant.callOnceKnown(packed(trace, newest), encoding.equals("gzip"));
        } else {
            tenant.sendOnceKnown(request(tenant, trace, newest));
        }
    }

    private byte[] packed(String trace, Instant newest) {
        byte[] renewed = renewed(List.of(trace), newest);
        return encoding.equals("gzip") ? gzip(renewed) : renewed;
    }

    /**
     * The request as this tenant would send it, to the path and with the form of key of the client that was recorded.
     *
     * @param traces the new ids, 32 hexadecimal digits each, in the order in which the recorded ones come first
     * @param newest when the last of its spans ends
     */
    HttpRequest request(Tenant tenant, List<String> traces, Instant newest) {
        String authorization = headers.path("authorization").asText("x-api-key");
        String keyHeader = authorization.split(" ")[0].toLowerCase(Locale.ROOT);
        return tenant.otlp(path, keyHeader, contentType, renewed(traces, newest));
    }

    private byte[] renewed(List<String> traces, Instant newest) {
        return contentType.contains("json") ? renewJson(traces, newest) : renewProtobuf(traces, newest);
    }

    private byte[] renewJson(List<String> traces, Instant newest) {
        String text = new String(body, StandardCharsets.UTF_8);
        long latest = JSON_TIME
                .matcher(text)
                .results()
                .mapToLong(time -> Long.parseLong(time.group(1)))
                .max()
                .orElseThrow();
        long shift = nanos(newest) - latest;
        String moved = JSON_TIME
                .matcher(text)
                .replaceAll(time -> "imeUnixNano\":\"" + (Long.parseLong(time.group(1)) + shift) + "\"");
        List<String> old = JSON_TRACE
                .matcher(text)
                .results()
                .map(id -> id.group(1))
                .distinct()
                .toList();
        for (int i = 0; i < old.size(); i++) {
            moved = moved.replace(old.get(i), traces.get(i));
        }
        return moved.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] renewProtobuf(List<String> traces, Instant newest) {
        ExportTraceServiceRequest request;
        try {
            request = ExportTraceServiceRequest.parseFrom(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Set<Long> times = new TreeSet<>();
        Map<ByteString, String> ids = new HashMap<>();
        byte[] renewed = body.clone();
        request.getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .forEach(span -> {
                    times.addAll(timesOf(span));
                    String trace = ids.computeIfAbsent(span.getTraceId(), old -> traces.get(ids.size()));
                    replace(
                            renewed,
                            span.getTraceId().toByteArray(),
                            HexFormat.of().parseHex(trace));
                });
        long shift = nanos(newest) - times.stream().max(Long::compare).orElseThrow();
        times.forEach(time -> replace(renewed, fixed64(time), fixed64(time + shift)));
        return renewed;
    }

    private static Set<Long> timesOf(Span span) {
        Set<Long> times = new TreeSet<>();
        times.add(span.getStartTimeUnixNano());
        times.add(span.getEndTimeUnixNano());
        span.getEventsList().forEach(event -> times.add(event.getTimeUnixNano()));
        return times;
    }

    private static byte[] fixed64(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    /** In place: both have one length, so no length in the message changes. */
    private static void replace(byte[] bytes, byte[] old, byte[] renewed) {
        for (int i = 0; i <= bytes.length - old.length; i++) {
            if (Arrays.equals(bytes, i, i + old.length, old, 0, old.length)) {
                System.arraycopy(renewed, 0, bytes, i, renewed.length);
            }
        }
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static long nanos(Instant time) {
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    }
}
