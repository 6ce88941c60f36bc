package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.clients.ClientEnd;
import io.millrace.clients.ClientProgram;
import io.millrace.clients.ClientProgram.Language;
import io.millrace.clients.ClientReport;
import io.millrace.clients.InstalledClients;
import io.millrace.clients.ModelServer;
import io.millrace.clients.Rounds;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SDKs as they are published, run as applications run them, with no more than the settings of their page in {@code docs/sdk}.
 * What is stored is compared with what each was handed and with what the made-up model says that it took, and a table says it
 * in the end. Where Node, Python or a registry is missing the clients of that language are skipped, and the table says why.
 */
@ExtendWith(SharedStack.class)
class RealClientsIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration TO_RUN = Duration.ofMinutes(3);

    private static ModelServer model;
    private static List<ClientRun> all = List.of();

    @BeforeAll
    static void runAll() {
        model = ModelServer.start();
        all = ClientProgram.all().stream()
                .map(program -> ClientRun.of(program.name()))
                .toList();
        CompletableFuture.allOf(Stream.of(Language.values())
                        .map(language -> CompletableFuture.runAsync(() -> run(language)))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private static void run(Language language) {
        Map<String, ClientRun> runs = all.stream().collect(Collectors.toMap(ClientRun::name, run -> run));
        InstalledClients installed;
        try {
            installed = InstalledClients.of(language, ROOT);
        } catch (RuntimeException e) {
            ClientProgram.of(language)
                    .forEach(program -> runs.get(program.name()).report().completeExceptionally(e));
            return;
        }
        ClientProgram.of(language).forEach(program -> {
            ClientRun run = runs.get(program.name());
            run.by(() -> toItsEnd(installed, program, run));
        });
    }

    private static ClientReport toItsEnd(InstalledClients installed, ClientProgram program, ClientRun run) {
        Map<String, String> settings =
                new TreeMap<>(program.settings(ROOT, run.tenant().destination(SharedStack.stack()), model.address()));
        if (uploadsPictures(run)) {
            settings.put("PICTURE", Picture.DATA_URI);
        }
        ClientEnd end = installed.run(program, settings, Rounds.ONE, TO_RUN);
        assertThat(end.well()).as(end.told()).isTrue();
        return end.last();
    }

    @AfterAll
    static void tell() {
        model.close();
        System.out.println(Stream.concat(
                        Stream.of(
                                "| real client | version | spans sent | stored | tokens told | counted | complaints |",
                                "|---|---|---|---|---|---|---|"),
                        all.stream().map(run -> run.row(model)))
                .collect(Collectors.joining(System.lineSeparator())));
    }

    static Stream<ClientRun> all() {
        return all.stream();
    }

    static Stream<ClientRun> withPicture() {
        return all().filter(RealClientsIT::uploadsPictures);
    }

    /** Langfuse's take files out of what they tell, and upload them by themselves. */
    private static boolean uploadsPictures(ClientRun run) {
        return run.name().startsWith("langfuse");
    }

    @ParameterizedTest
    @MethodSource("all")
    void everySpanThatWasHandedOverIsStoredAndNothingIsComplainedOf(ClientRun run) {
        ClientReport report = run.told();
        assertThat(report.complaints()).isEmpty();
        assertThat(report.spans()).isEqualTo(run.shape().spans());
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = run.tenant().ledger();
            assertThat(ledger.required("stored").longValue()).isEqualTo(report.spans());
            assertThat(ledger.required("in_flight").longValue()).isZero();
            assertThat(ledger.required("duplicate").longValue()).isZero();
            for (String lost : List.of("refused", "quarantined", "ignored")) {
                assertThat(ledger.required(lost)).as(lost).isEmpty();
            }
            assertThat(ledger.required("balanced").booleanValue()).isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyCallCountsOnce(ClientRun run) {
        run.told();
        AgentShape shape = run.shape();
        long calls = model.calls(run.name());
        assertThat(calls).isEqualTo(shape.calls());
        Tenant.eventually().untilAsserted(() -> {
            JsonNode total = run.total("spans,traces,errors,requests,cost_usd,unpriced_spans,"
                    + String.join(",", AgentShape.USAGE_OF_A_CALL.keySet()));
            assertThat(total.path("spans").asLong()).isEqualTo(shape.spans());
            for (String once : List.of("traces", "errors", "requests")) {
                assertThat(total.required(once).longValue())
                        .as(once)
                        .isEqualTo(shape.roots().size());
            }
            assertThat(total.required("unpriced_spans").longValue()).isZero();
            AgentShape.USAGE_OF_A_CALL.forEach((bucket, tokens) ->
                    assertThat(total.required(bucket).longValue()).as(bucket).isEqualTo(tokens * calls));
            assertThat(new BigDecimal(total.required("cost_usd").textValue()))
                    .isEqualByComparingTo(AgentShape.COST_OF_A_CALL.multiply(BigDecimal.valueOf(calls)));
            assertThat(run.totalsBy("kind", "spans")).isEqualTo(shape.kinds());
            assertThat(run.totalsBy("provider,model", "requests")).isEqualTo(Map.of(shape.model(), calls));
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyTraceIsTheAgentWithItsCallsAndItsToolsOfWhichOneFailed(ClientRun run) {
        run.told();
        List<JsonNode> traces = settled(run);
        assertThat(traces)
                .extracting(trace -> trace.required("name").textValue())
                .containsExactlyInAnyOrderElementsOf(run.shape().roots());
        for (JsonNode trace : traces) {
            assertThat(trace.required("user_id").textValue()).isEqualTo("user-ada");
            assertThat(trace.required("session_id").textValue()).isEqualTo("session-rain");
            assertThat(trace.required("status").textValue()).isEqualTo("ok");
            assertThat(trace.required("error_count").longValue()).isEqualTo(1);
            assertTree(run.shape(), spansOf(run, trace.required("id").textValue()));
        }
    }

    @ParameterizedTest
    @MethodSource("withPicture")
    void thePictureThatTheModelWasShownIsReadThroughTheTrace(ClientRun run) {
        run.told();
        String trace = settled(run).get(0).required("id").textValue();
        Tenant.eventually()
                .untilAsserted(() -> assertThat(spansOf(run, trace))
                        .filteredOn(span -> span.required("kind").textValue().equals("llm"))
                        .hasSize(2)
                        .allSatisfy(call -> Picture.assertAttached(call, run.tenant())));
    }

    private static List<JsonNode> settled(ClientRun run) {
        List<JsonNode> traces = new ArrayList<>();
        Tenant.eventually().untilAsserted(() -> {
            traces.clear();
            run.tenant().get("/v1/traces").json().required("items").forEach(traces::add);
            assertThat(traces).hasSize(run.shape().roots().size()).allSatisfy(trace -> {
                assertThat(trace.required("state").textValue()).isEqualTo("settled");
                assertThat(trace.required("span_count").longValue()).isEqualTo(5);
            });
        });
        return traces;
    }

    private static List<JsonNode> spansOf(ClientRun run, String trace) {
        JsonNode spans = run.tenant().trace(trace).required("spans");
        return StreamSupport.stream(spans.spliterator(), false).toList();
    }

    private static void assertTree(AgentShape shape, List<JsonNode> spans) {
        assertThat(spans).hasSize(5);
        JsonNode root = spans.stream()
                .filter(span -> span.required("parent_id").isNull())
                .findFirst()
                .orElseThrow();
        assertThat(root.required("kind").textValue()).isEqualTo(shape.agent());
        assertThat(spans)
                .filteredOn(span -> span.required("parent_id").equals(root.required("id")))
                .hasSize(4);
        assertThat(spans)
                .filteredOn(span -> span.required("status").textValue().equals("error"))
                .singleElement()
                .satisfies(failed -> {
                    assertThat(failed.required("kind").textValue()).isEqualTo(shape.tool());
                    assertThat(failed.required("status_message").textValue()).contains("no forecast for Atlantis");
                });
        assertThat(spans)
                .filteredOn(span -> span.required("kind").textValue().equals("llm"))
                .hasSize(2)
                .allSatisfy(RealClientsIT::assertCall);
    }

    private static void assertCall(JsonNode call) {
        Map<String, Long> usage = call.required("usage").properties().stream()
                .filter(bucket -> bucket.getValue().longValue() != 0)
                .collect(Collectors.toMap(
                        Map.Entry::getKey, bucket -> bucket.getValue().longValue()));
        assertThat(usage).isEqualTo(AgentShape.USAGE_OF_A_CALL);
        assertThat(call.required("counted").booleanValue()).isTrue();
        assertThat(new BigDecimal(call.required("cost_usd").textValue()))
                .isEqualByComparingTo(AgentShape.COST_OF_A_CALL);
    }
}
