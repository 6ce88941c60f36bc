package io.millrace.bench.stack;

import com.fasterxml.jackson.databind.JsonNode;

/** The answer of {@code /v1/ledger}; counts by reason are summed. */
public record Ledger(
        long received,
        long accepted,
        long refused,
        long stored,
        long merged,
        long duplicate,
        long quarantined,
        long ignored,
        long inFlight,
        boolean balanced) {

    static Ledger of(JsonNode answer) {
        return new Ledger(
                answer.required("received").asLong(),
                answer.required("accepted").asLong(),
                sum(answer.path("refused")),
                answer.required("stored").asLong(),
                answer.required("merged").asLong(),
                answer.required("duplicate").asLong(),
                sum(answer.path("quarantined")),
                sum(answer.path("ignored")),
                answer.required("in_flight").asLong(),
                answer.required("balanced").asBoolean());
    }

    private static long sum(JsonNode byReason) {
        long sum = 0;
        for (JsonNode count : byReason) {
            sum += count.asLong();
        }
        return sum;
    }
}
