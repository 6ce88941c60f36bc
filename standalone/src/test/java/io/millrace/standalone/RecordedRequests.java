package io.millrace.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that an SDK once sent which tells of a span in parts. Only times are replaced, by others of the same length, so that
 * whatever says how long something is stays true.
 */
final class RecordedRequests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TEXT_TIME = Pattern.compile("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3,6}Z");
    private static final Pattern MILLIS = Pattern.compile("(?<=_time\":)\\d{13}(?=[,}])");

    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS");

    private final List<Recorded> requests;

    /**
     * @param body each byte a character
     */
    private record Recorded(String method, String path, String keyHeader, String contentType, String body) {
        Stream<Instant> times() {
            return Stream.concat(
                    TEXT_TIME.matcher(body).results().map(time -> Instant.parse(time.group())),
                    MILLIS.matcher(body).results().map(time -> Instant.ofEpochMilli(Long.parseLong(time.group()))));
        }

        Recorded later(long millis) {
            String moved = TEXT_TIME.matcher(body).replaceAll(time -> {
                String later = Instant.parse(time.group())
                        .plusMillis(millis)
                        .atOffset(ZoneOffset.UTC)
                        .format(MICROS);
                return later.substring(0, time.group().length() - 1) + "Z";
            });
            return new Recorded(
                    method,
                    path,
                    keyHeader,
                    contentType,
                    MILLIS.matcher(moved).replaceAll(time -> Long.toString(Long.parseLong(time.group()) + millis)));
        }
    }

    private RecordedRequests(List<Recorded> requests) {
        this.requests = requests;
    }

    /** The requests of these numbers, in this order. */
    static RecordedRequests of(String name, int... numbers) {
        List<Recorded> requests = new ArrayList<>();
        for (int number : numbers) {
            requests.add(read("/captures/%s/%03d".formatted(name, number)));
        }
        return new RecordedRequests(requests);
    }

    private static Recorded read(String path) {
        try {
            JsonNode recorded = JSON.readTree(resource(path + ".headers.json"));
            JsonNode headers = recorded.required("headers");
            String authorization = headers.path("authorization").asText("x-api-key");
            return new Recorded(
                    recorded.required("method").textValue(),
                    recorded.required("path").textValue(),
                    authorization.split(" ")[0].toLowerCase(Locale.ROOT),
                    headers.required("content-type").textValue(),
                    new String(resource(path + ".bin"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] resource(String path) throws IOException {
        try (InputStream in = Objects.requireNonNull(RecordedRequests.class.getResourceAsStream(path), path)) {
            return in.readAllBytes();
        }
    }

    /** As if the newest time in them were this one. */
    RecordedRequests at(Instant newest) {
        Instant latest = requests.stream()
                .flatMap(Recorded::times)
                .max(Instant::compareTo)
                .orElseThrow();
        long millis = newest.toEpochMilli() - latest.toEpochMilli();
        return new RecordedRequests(
                requests.stream().map(request -> request.later(millis)).toList());
    }

    RecordedRequests backwards() {
        List<Recorded> reversed = new ArrayList<>(requests);
        Collections.reverse(reversed);
        return new RecordedRequests(reversed);
    }

    /** As this tenant would send them. */
    List<HttpRequest> by(Tenant tenant) {
        return requests.stream()
                .map(request -> tenant.request(
                        request.method(),
                        request.path(),
                        request.keyHeader(),
                        request.contentType(),
                        request.body().getBytes(StandardCharsets.ISO_8859_1)))
                .toList();
    }
}
