package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that SDKs with conventions of their own sent, each to its own path and with its own form of key, from the edge to
 * every total. The figures are those of the calls that the recorded programs made, each counted once: to OpenAI 120 in of
 * which 64 cached and 42 out of which 16 reasoning, for an embedding 8 in, to Anthropic 56 in beside 32 written to the cache
 * and 64 read there, and 42 out; less what the SDK does not tell. Outer spans repeat them: the plain sum of all spans would
 * be up to twice as much.
 */
@ExtendWith(SharedStack.class)
class CapturedClientsIT {
    private static final Duration AROUND = Duration.ofMinutes(2);

    /**
     * @param roots the names of the traces
     * @param session of every trace; null: none
     * @param kinds spans by kind
     * @param errors spans in error
     * @param failedRoots traces whose root is in error
     * @param requests calls that count, and those that failed, by provider and model
     * @param usage of counted spans by bucket
     * @param cost by list prices per million: gpt-4o-mini 0.15 in, 0.075 from the cache, 0.60 out; text-embedding-3-small
     *     0.02; claude-sonnet-4 3 in, 0.30 from the cache, 3.75 into it, 15 out
     */
    private record Client(
            String name,
            List<String> roots,
            String session,
            Map<String, Long> kinds,
            long errors,
            long failedRoots,
            Map<String, Long> requests,
            Map<String, Long> usage,
            String cost) {
        long spans() {
            return kinds.values().stream().mapToLong(Long::longValue).sum();
        }

        long tokens(String side) {
            return usage.entrySet().stream()
                    .filter(bucket -> bucket.getKey().startsWith(side))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    /**
     * Three calls to OpenAI and two to Anthropic, which Anthropic's SDK reports a second time. The streamed call and the
     * embedding come without usage, the call that failed never comes.
     */
    private static final Client OPENINFERENCE = new Client(
            "openinference",
            List.of("agent"),
            "sess-7",
            Map.of("llm", 8L, "embedding", 1L, "tool", 1L, "retriever", 1L, "agent", 1L),
            0,
            0,
            Map.of("openai/gpt-4o-mini-2024-07-18", 3L, "anthropic/claude-sonnet-4", 2L),
            Map.of(
                    "input", 280L,
                    "input_cache_read", 320L,
                    "input_cache_write_5m", 64L,
                    "output", 162L,
                    "output_reasoning", 48L),
            "0.0019896");

    /** Four calls, of which that for an object tells only its sums, one that failed, and an embedding. */
    private static final Client VERCEL_SIX = new Client(
            "vercel-ai",
            List.of(
                    "ai.embed weather-fn",
                    "ai.generateObject weather-fn",
                    "ai.generateText weather-fn",
                    "ai.generateText weather-fn",
                    "ai.streamText weather-fn"),
            "sess-7",
            Map.of("llm", 5L, "embedding", 1L, "tool", 1L, "chain", 5L),
            2,
            1,
            Map.of(
                    "openai/gpt-4o-mini-2024-07-18", 4L,
                    "openai/gpt-4o-mini", 1L,
                    "openai/text-embedding-3-small", 1L),
            Map.of("input", 296L, "input_cache_read", 192L, "output", 120L, "output_reasoning", 48L),
            "0.00015856");

    /** As of version six, but the streamed call comes without usage, and the object with all of it and an error. */
    private static final Client VERCEL_FOUR = new Client(
            "vercel-ai-v4",
            VERCEL_SIX.roots(),
            "sess-7",
            VERCEL_SIX.kinds(),
            3,
            2,
            Map.of(
                    "openai/gpt-4o-mini-2024-07-18", 3L,
                    "openai/gpt-4o-mini", 1L,
                    "openai/text-embedding-3-small", 1L),
            Map.of("input", 176L, "input_cache_read", 192L, "output", 78L, "output_reasoning", 48L),
            "0.00011536");

    /** Two calls to OpenAI and one that failed; reported by hand an embedding and a call to Anthropic. */
    private static final Client LANGFUSE = new Client(
            "langfuse-v5",
            List.of("agent-root"),
            "sess-7",
            Map.of(
                    "llm", 4L,
                    "embedding", 1L,
                    "event", 1L,
                    "span", 1L,
                    "agent", 2L,
                    "chain", 1L,
                    "evaluator", 1L,
                    "guardrail", 1L,
                    "tool", 1L,
                    "retriever", 1L),
            2,
            0,
            Map.of(
                    "-/gpt-4o-mini-2024-07-18", 1L,
                    "-/gpt-4o-mini", 2L,
                    "-/text-embedding-3-small", 1L,
                    "-/claude-sonnet-4", 1L),
            Map.of(
                    "input", 176L,
                    "input_cache_read", 192L,
                    "input_cache_write_5m", 32L,
                    "output", 94L,
                    "output_reasoning", 32L),
            "0.00101416");

    /** One call, and a tool that failed though its status says otherwise. */
    private static final Client LANGSMITH = new Client(
            "langsmith-otel",
            List.of("agent-root"),
            "sess-7",
            Map.of("llm", 1L, "tool", 1L, "chain", 1L),
            1,
            0,
            Map.of("openai/gpt-4o-mini-2024-07-18", 1L),
            Map.of("input", 56L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L),
            "0.0000384");

    /** Three calls of which only the sums are told, one that failed, and an embedding. */
    private static final Client OPENTELEMETRY = new Client(
            "otel-genai",
            List.of("handler"),
            null,
            Map.of("llm", 4L, "embedding", 1L, "span", 1L),
            1,
            0,
            Map.of(
                    "openai/gpt-4o-mini-2024-07-18", 3L,
                    "openai/gpt-4o-mini", 1L,
                    "openai/text-embedding-3-small", 1L),
            Map.of("input", 368L, "output", 126L),
            "0.00012976");

    private static List<Sent> all;

    private record Sent(Client client, Tenant tenant, Instant at) {
        @Override
        public String toString() {
            return client.name();
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
        for (Client client : List.of(OPENINFERENCE, VERCEL_SIX, VERCEL_FOUR, LANGFUSE, LANGSMITH, OPENTELEMETRY)) {
            Tenant tenant = Tenant.of(SharedStack.stack(), client.name());
            List<String> traces = IntStream.range(0, client.roots().size())
                    .mapToObj(i -> UUID.randomUUID().toString().replace("-", ""))
                    .toList();
            Instant at = Instant.now();
            tenant.sendOnceKnown(Capture.of(client.name()).request(tenant, traces, at));
            all.add(new Sent(client, tenant, at));
        }
    }

    static Stream<Sent> all() {
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyCallCountsOnce(Sent sent) {
        Client client = sent.client();
        Tenant.eventually().untilAsserted(() -> {
            JsonNode total = sent.tenant()
                    .total(
                            "spans,traces,errors,requests,request_errors,cost_usd,unpriced_spans,input_tokens,"
                                    + "output_tokens,input,input_cache_read,input_cache_write_5m,output,"
                                    + "output_reasoning",
                            sent.at().minus(AROUND),
                            sent.at().plus(AROUND));
            assertThat(total.path("spans").asLong()).isEqualTo(client.spans());
            assertThat(total.required("traces").longValue())
                    .isEqualTo(client.roots().size());
            assertThat(total.required("errors").longValue()).isEqualTo(client.errors());
            assertThat(total.required("requests").longValue())
                    .isEqualTo(client.roots().size());
            assertThat(total.required("request_errors").longValue()).isEqualTo(client.failedRoots());
            assertThat(total.required("input_tokens").longValue()).isEqualTo(client.tokens("input"));
            assertThat(total.required("output_tokens").longValue()).isEqualTo(client.tokens("output"));
            for (String bucket :
                    List.of("input", "input_cache_read", "input_cache_write_5m", "output", "output_reasoning")) {
                assertThat(total.required(bucket).longValue())
                        .as(bucket)
                        .isEqualTo(client.usage().getOrDefault(bucket, 0L));
            }
            assertThat(total.required("cost_usd").textValue()).isEqualTo(client.cost());
            assertThat(total.required("unpriced_spans").longValue()).isZero();
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everySpanHasItsKindAndEveryCallItsModel(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            assertThat(sent.totalsBy("kind", "spans")).isEqualTo(sent.client().kinds());
            assertThat(sent.totalsBy("provider,model", "requests"))
                    .isEqualTo(sent.client().requests());
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyTraceHasItsNameItsSessionAndItsUser(Sent sent) {
        Client client = sent.client();
        Tenant.eventually().untilAsserted(() -> {
            JsonNode traces = sent.tenant().get("/v1/traces").json().required("items");
            assertThat(traces)
                    .extracting(trace -> trace.required("name").textValue())
                    .containsExactlyInAnyOrderElementsOf(client.roots());
            assertThat(traces).allSatisfy(trace -> {
                assertThat(trace.required("state").textValue()).isEqualTo("settled");
                assertThat(trace.path("session_id").textValue()).isEqualTo(client.session());
                assertThat(trace.path("user_id").textValue()).isEqualTo(client.session() == null ? null : "user-42");
            });
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void theLedgerHasEverySpan(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = sent.tenant().ledger();
            assertThat(ledger.required("accepted").longValue())
                    .isEqualTo(sent.client().spans());
            assertThat(ledger.required("stored").longValue())
                    .isEqualTo(sent.client().spans());
            assertThat(ledger.required("balanced").booleanValue()).isTrue();
            assertThat(ledger.required("refused")).isEmpty();
        });
    }
}
