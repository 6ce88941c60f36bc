package io.millrace.query.project;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import io.millrace.schema.wire.RateLimits;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How fast a project, or a key, may send: so much a second in the long run, and so much at once. */
record Rates(Optional<Rate> spans, Optional<Rate> bytes) {
    static final Set<String> FIELDS = Set.of("spans_per_second", "spans_burst", "bytes_per_second", "bytes_burst");
    static final Rates NONE = new Rates(Optional.empty(), Optional.empty());

    private static final long MOST_PER_SECOND = 1_000_000_000;
    private static final long MOST_BURST = 9_000_000_000L;
    /** What is taken at once if nothing is said: SDKs send every few seconds, several requests side by side. */
    private static final long SECONDS_OF_BURST = 10;

    /** A rate and a burst. */
    record Rate(long perSecond, long burst) {}

    /**
     * What a request asks for.
     *
     * @throws Problem that names the field which cannot be
     */
    static Rates of(RequestBody body) {
        return new Rates(rate(body, "spans"), rate(body, "bytes"));
    }

    private static Optional<Rate> rate(RequestBody body, String unit) {
        String burstField = unit + "_burst";
        Optional<Long> perSecond = body.number(unit + "_per_second", 1, MOST_PER_SECOND);
        if (perSecond.isEmpty()) {
            if (body.has(burstField)) {
                throw body.wrong(burstField, "needs " + unit + "_per_second");
            }
            return Optional.empty();
        }
        long rate = perSecond.get();
        long most = Math.min(rate * TimeUnit.DAYS.toSeconds(1), MOST_BURST);
        return Optional.of(
                new Rate(rate, body.number(burstField, 1, most).orElse(Math.min(rate * SECONDS_OF_BURST, most))));
    }

    /** What {@link #json()} or {@link #write} wrote. */
    static Rates parse(JsonNode node) {
        return new Rates(parse(node, "spans"), parse(node, "bytes"));
    }

    private static Optional<Rate> parse(JsonNode node, String unit) {
        long perSecond = node.path(unit + "_per_second").asLong();
        return perSecond == 0
                ? Optional.empty()
                : Optional.of(new Rate(perSecond, node.path(unit + "_burst").asLong()));
    }

    byte[] json() {
        return Json.write(out -> {
            out.writeStartObject();
            write(out);
            out.writeEndObject();
        });
    }

    /** As fields of the object that is being written; null is no limit. */
    void write(JsonGenerator out) throws IOException {
        write(out, "spans", spans);
        write(out, "bytes", bytes);
    }

    private static void write(JsonGenerator out, String unit, Optional<Rate> rate) throws IOException {
        if (rate.isPresent()) {
            out.writeNumberField(unit + "_per_second", rate.get().perSecond());
            out.writeNumberField(unit + "_burst", rate.get().burst());
        } else {
            out.writeNullField(unit + "_per_second");
            out.writeNullField(unit + "_burst");
        }
    }

    /** What the control topic says of it. */
    RateLimits control() {
        RateLimits.Builder entry = RateLimits.newBuilder();
        spans.ifPresent(rate -> entry.setSpansPerSecond(rate.perSecond()).setSpansBurst(rate.burst()));
        bytes.ifPresent(rate -> entry.setBytesPerSecond(rate.perSecond()).setBytesBurst(rate.burst()));
        return entry.build();
    }
}
