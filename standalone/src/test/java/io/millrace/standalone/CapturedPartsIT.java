package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What SDKs sent that tell of a span in parts, from the edge to every total: in the order of the recording and backwards, and
 * all of it a second time. The figures are those of the calls that the recorded programs made: to OpenAI 120 in of which 64
 * cached and 42 out of which 16 reasoning, to Anthropic 56 in beside 32 written to the cache and 64 read there, and 42 out of
 * which 16 were said to be reasoning.
 */
@ExtendWith(SharedStack.class)
class CapturedPartsIT {
    private static final Duration AROUND = Duration.ofMinutes(2);

    /**
     * @param roots the names of the traces
     * @param sessions of the traces; empty for none
     * @param kinds spans by kind
     * @param requests calls that count, and those that failed, by provider and model
     * @param usage of counted spans by bucket
     * @param cost by list prices per million: gpt-4o-mini 0.15 in, 0.075 from the cache, 0.60 out; gpt-4o 2.50, 1.25 and
     *     10; claude-sonnet-4 3 in, 0.30 from the cache, 3.75 into it, 15 out
     */
    private record Program(
            List<String> roots,
            List<String> sessions,
            Map<String, Long> kinds,
            long errors,
            Map<String, Long> requests,
            Map<String, Long> usage,
            String cost) {
        long spans() {
            return kinds.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** The same call reported in Langfuse's counts and in OpenAI's, and one of 10 in and 5 out in the first form. */
    private static final Program LANGFUSE = new Program(
            List.of("chat-request"),
            List.of("sess-7"),
            Map.of("llm", 3L, "span", 3L, "event", 1L),
            1,
            Map.of("-/gpt-4o-mini", 1L, "-/gpt-4o", 2L),
            Map.of("input", 122L, "input_cache_read", 128L, "output", 57L, "output_reasoning", 32L),
            "0.0007534");

    /** Two calls to OpenAI, a third that failed, and one to Anthropic in a trace made by hand. */
    private static final Program LANGSMITH = new Program(
            List.of("agent-root", "manual-root"),
            List.of("sess-7", ""),
            Map.of("chain", 4L, "llm", 4L, "retriever", 1L, "tool", 1L),
            2,
            Map.of(
                    "openai/gpt-4o-mini-2024-07-18", 2L,
                    "openai/gpt-4o-mini", 1L,
                    "anthropic/claude-sonnet-4", 1L),
            Map.of(
                    "input", 168L,
                    "input_cache_read", 192L,
                    "input_cache_write_5m", 32L,
                    "output", 78L,
                    "output_reasoning", 48L),
            "0.001014");

    private static List<Sent> all;

    private record Sent(String name, Program program, Tenant tenant, Instant at) {
        @Override
        public String toString() {
            return name;
        }

        Map<String, Long> totalsBy(String groupBy, String measure) {
            Map<String, Long> totals = new TreeMap<>();
            tenant.totalsBy(groupBy, measure, at.minus(AROUND), at.plus(AROUND)).forEach((group, point) -> {
                if (point.required(measure).longValue() != 0) {
                    totals.put(group, point.required(measure).longValue());
                }
            });
            return totals;
        }
    }

    @BeforeAll
    static void sendAll() {
        all = new ArrayList<>();
        send("langfuse-v3", LANGFUSE, RecordedRequests.of("langfuse-v3", 1, 2));
        send("langsmith-batch", LANGSMITH, RecordedRequests.of("langsmith-batch", 2, 3));
        send("langsmith-multipart", LANGSMITH, RecordedRequests.of("langsmith-multipart", 2));
        send(
                "langsmith-single",
                LANGSMITH,
                RecordedRequests.of(
                        "langsmith-single", IntStream.rangeClosed(1, 20).toArray()));
    }

    private static void send(String name, Program program, RecordedRequests recorded) {
        Instant at = Instant.now();
        RecordedRequests requests = recorded.at(at);
        send(name, program, at, requests);
        send(name + "-backwards", program, at, requests.backwards());
    }

    private static void send(String name, Program program, Instant at, RecordedRequests requests) {
        Tenant tenant = Tenant.of(SharedStack.stack(), name);
        for (int time = 0; time < 2; time++) {
            for (HttpRequest request : requests.by(tenant)) {
                // The first one may be there before the edge has heard of the key.
                Tenant.eventually().untilAsserted(() -> {
                    Http.Answer answer = Http.send(request);
                    assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
                });
            }
        }
        all.add(new Sent(name, program, tenant, at));
    }

    static Stream<Sent> all() {
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyCallCountsOnce(Sent sent) {
        Program program = sent.program();
        Tenant.eventually().untilAsserted(() -> {
            JsonNode total = sent.tenant()
                    .total(
                            "spans,traces,errors,requests,request_errors,cost_usd,unpriced_spans,input,"
                                    + "input_cache_read,input_cache_write_5m,output,output_reasoning",
                            sent.at().minus(AROUND),
                            sent.at().plus(AROUND));
            assertThat(total.path("spans").asLong()).isEqualTo(program.spans());
            assertThat(total.required("traces").longValue())
                    .isEqualTo(program.roots().size());
            assertThat(total.required("errors").longValue()).isEqualTo(program.errors());
            assertThat(total.required("requests").longValue())
                    .isEqualTo(program.roots().size());
            assertThat(total.required("request_errors").longValue()).isZero();
            for (String bucket :
                    List.of("input", "input_cache_read", "input_cache_write_5m", "output", "output_reasoning")) {
                assertThat(total.required(bucket).longValue())
                        .as(bucket)
                        .isEqualTo(program.usage().getOrDefault(bucket, 0L));
            }
            assertThat(total.required("cost_usd").textValue()).isEqualTo(program.cost());
            assertThat(total.required("unpriced_spans").longValue()).isZero();
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everySpanHasItsKindAndEveryCallItsModel(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            assertThat(sent.totalsBy("kind", "spans")).isEqualTo(sent.program().kinds());
            assertThat(sent.totalsBy("provider,model", "requests"))
                    .isEqualTo(sent.program().requests());
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyTraceHasItsNameItsSessionAndItsUser(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            JsonNode traces = sent.tenant().get("/v1/traces").json().required("items");
            assertThat(traces)
                    .extracting(trace -> trace.required("name").textValue())
                    .containsExactlyInAnyOrderElementsOf(sent.program().roots());
            assertThat(traces)
                    .extracting(trace -> trace.path("session_id").asText(""))
                    .containsExactlyInAnyOrderElementsOf(sent.program().sessions());
            assertThat(traces).allSatisfy(trace -> {
                assertThat(trace.required("state").textValue()).isEqualTo("settled");
                boolean inSession = trace.path("session_id").isTextual();
                assertThat(trace.path("user_id").textValue()).isEqualTo(inSession ? "user-42" : null);
            });
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void theLedgerHasEveryMessage(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = sent.tenant().ledger();
            long accepted = ledger.required("accepted").longValue();
            assertThat(ledger.required("stored").longValue())
                    .isEqualTo(sent.program().spans());
            assertThat(ledger.required("duplicate").longValue()).isEqualTo(accepted / 2);
            assertThat(ledger.required("merged").longValue())
                    .isEqualTo(accepted / 2 - sent.program().spans());
            assertThat(ledger.required("in_flight").longValue()).isZero();
            assertThat(ledger.required("refused")).isEmpty();
            assertThat(ledger.required("balanced").booleanValue()).isTrue();
        });
    }
}
