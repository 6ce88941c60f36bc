package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From spans to an anomaly and back, on a stack of its own whose time is moved ahead by hand. */
class AnomalyIT {
    private static final String ROOT = """
            {"traceId":"%s","spanId":"0000000000000001","name":"answer","startTimeUnixNano":"%d","endTimeUnixNano":"%d",
             "status":{"code":%d},"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}}]}""";
    private static final int PER_WINDOW = 40;
    private static final int CALM_WINDOWS = 12;
    private static final int WINDOWS_TO_RECOVER = 3;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration LAG = Duration.ofSeconds(5);
    private static final String DETECTION_TIME = "flink_taskmanager_job_task_operator_current_input_watermark_seconds";

    private static Stack stack;
    private static StreamClock clock;
    private static Tenant tenant;
    /**
     * Start of the first window: so far ahead that no real tick overtakes the moved ones, and so little that the spans of
     * the last window are believed.
     */
    private static Instant base;
    /** What is told next of the time. */
    private static Instant told;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.in(Files.createTempDirectory("millrace-anomaly-"));
        clock = StreamClock.of(stack);
        tenant = Tenant.of(stack, "anomalous");
        tenant.sendOnceKnown(tenant.otlpJson(OtlpRequest.newTrace().json()));
        base = Instant.ofEpochSecond(Instant.now().getEpochSecond() / 10 * 10 + 60);
        told = base;
    }

    @AfterAll
    static void stop() throws Exception {
        Path folder = stack.folder();
        clock.close();
        stack.close();
        SharedStack.delete(folder);
    }

    @Test
    void aBurstOfErrorsIsSaidOnceAcknowledgedAndOverByItself() {
        for (int window = 0; window < CALM_WINDOWS; window++) {
            send(window, 0);
        }
        closeWindows(CALM_WINDOWS);

        send(CALM_WINDOWS, 30);
        JsonNode open = eventually("open");
        assertThat(open.required("kind").textValue()).isEqualTo("spike");
        assertThat(open.required("severity").textValue()).isEqualTo("critical");
        assertThat(open.required("unit").textValue()).isEqualTo("ratio");
        assertThat(open.required("expected").doubleValue()).isLessThan(0.1);
        assertThat(open.required("onset").textValue())
                .isEqualTo(startOf(CALM_WINDOWS).toString());
        assertThat(open.required("ended").isNull()).isTrue();
        assertThat(open.required("sentence").textValue()).startsWith("The error rate");
        Tenant.eventually().untilAsserted(() -> assertThat(failedTracesOf(open)).isEqualTo(30));

        String path = "/v1/anomalies/" + open.required("id").textValue();
        Http.Answer acknowledged = Http.post(
                stack.api().resolve(path + "/acknowledge"), tenant.key(), "{\"note\":\"the provider is looking\"}");
        assertThat(acknowledged.json().path("state").asText())
                .as(acknowledged.text())
                .isEqualTo("acknowledged");
        assertThat(items("?state=acknowledged")).hasSize(1);

        int healed = CALM_WINDOWS + 1;
        for (int window = healed; window < healed + WINDOWS_TO_RECOVER; window++) {
            send(window, 0);
        }
        closeWindows(healed + WINDOWS_TO_RECOVER);
        JsonNode over = eventually("resolved");
        assertThat(over.required("id")).isEqualTo(open.required("id"));
        assertThat(over.required("observed").doubleValue()).isBetween(0.75, 1.0);
        assertThat(over.required("ended").textValue()).isEqualTo(startOf(healed).toString());
        assertThat(over.required("actions")).hasSize(1);
        assertThat(items("?measure=error_rate"))
                .allSatisfy(item -> assertThat(item.required("incident_id")).isEqualTo(open.required("incident_id")));
    }

    /** Traces of one span each, some of them failed, in the middle of a window. */
    private static void send(int window, int failed) {
        Instant end = startOf(window).plusSeconds(5);
        String spans = IntStream.range(0, PER_WINDOW)
                .mapToObj(i -> ROOT.formatted(
                        UUID.randomUUID().toString().replace("-", ""),
                        Capture.nanos(end.minusMillis(100)),
                        Capture.nanos(end),
                        i < failed ? 2 : 1))
                .collect(Collectors.joining(","));
        tenant.send(tenant.otlpJson("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}"));
    }

    /** Lets time pass once all that was sent is in its windows. */
    private static void closeWindows(int windows) {
        Tenant.eventually()
                .untilAsserted(() -> assertThat(tenant.total("requests", base, startOf(windows))
                                .path("requests")
                                .asInt())
                        .isEqualTo(windows * PER_WINDOW));
        // Second by second, as time is told: a leap would mean that nothing ran meanwhile.
        for (; !told.isAfter(startOf(windows).plus(LAG)); told = told.plusSeconds(1)) {
            clock.tick(told);
        }
        // What is sent next is judged as it comes, by what has been learnt until then.
        Tenant.eventually().until(AnomalyIT::detectedUntil, until -> !until.isBefore(startOf(windows)));
    }

    /** Up to when detection has closed its windows. */
    private static Instant detectedUntil() throws IOException, InterruptedException {
        return Exposition.of(stack).families().get(DETECTION_TIME).samples().entrySet().stream()
                .filter(series -> series.getKey().contains("operator_name=\"detect\""))
                .map(series -> Instant.ofEpochSecond(series.getValue().longValue()))
                .min(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
    }

    private static Instant startOf(int window) {
        return base.plus(WINDOW.multipliedBy(window));
    }

    private static JsonNode items(String query) {
        Http.Answer answer = tenant.get("/v1/anomalies" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().required("items");
    }

    /** The anomaly of the whole project's error rate, once it is in that state. */
    private static JsonNode eventually(String state) {
        return Tenant.eventually()
                .until(() -> ofProject(items("?measure=error_rate&state=" + state)), Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<JsonNode> ofProject(JsonNode items) {
        return StreamSupport.stream(items.spliterator(), false)
                .filter(item ->
                        item.required("series").required("cube").textValue().equals("project"))
                .findFirst();
    }

    private static int failedTracesOf(JsonNode anomaly) {
        Http.Answer traces =
                tenant.get(anomaly.required("traces").required("href").textValue());
        assertThat(traces.status()).as(traces.text()).isEqualTo(200);
        return traces.json().required("items").size();
    }
}
