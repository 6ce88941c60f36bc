package io.millrace.query.project;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.LimitsEntry;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * How much a project may send, with all its keys together.
 *
 * @param spansPerMonth its quota
 */
record Limits(Rates rates, Optional<Long> spansPerMonth) {
    static final Set<String> FIELDS = fields();
    static final Limits NONE = new Limits(Rates.NONE, Optional.empty());

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String QUOTA = "spans_per_month";
    private static final long MOST_SPANS_PER_MONTH = 1_000_000_000_000_000L;

    private static Set<String> fields() {
        Set<String> fields = new HashSet<>(Rates.FIELDS);
        fields.add("spans_per_month");
        return Set.copyOf(fields);
    }

    /**
     * What a request asks for.
     *
     * @throws Problem that names the field which cannot be
     */
    static Limits of(RequestBody body) {
        return new Limits(Rates.of(body), body.number(QUOTA, 1, MOST_SPANS_PER_MONTH));
    }

    /** What {@link #json()} wrote. */
    static Limits parse(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            long quota = node.path(QUOTA).asLong();
            return new Limits(Rates.parse(node), quota == 0 ? Optional.empty() : Optional.of(quota));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored limits cannot be read", e);
        }
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
        rates.write(out);
        if (spansPerMonth.isPresent()) {
            out.writeNumberField(QUOTA, spansPerMonth.get());
        } else {
            out.writeNullField(QUOTA);
        }
    }

    /** What the control topic says of it. */
    byte[] controlValue(UUID project) {
        LimitsEntry entry = LimitsEntry.newBuilder()
                .setProject(Project.bytes(project))
                .setRates(rates.control())
                .setSpansPerMonth(spansPerMonth.orElse(0L))
                .build();
        return ControlEntry.newBuilder().setLimits(entry).build().toByteArray();
    }
}
