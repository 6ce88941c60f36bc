package io.millrace.query.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.window.Cube;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceLinkTest {
    private static final Instant ONSET = Instant.parse("2026-11-21T04:00:00Z");

    private static Anomaly anomaly(WatchedMeasure measure, @Nullable Instant ended, Cube cube, String... dims) {
        WatchedSeries series = WatchedSeries.of(cube.code(), List.of(dims));
        return new Anomaly(
                new UUID(1, 1),
                new UUID(1, 1),
                ShownState.OPEN,
                AnomalyKind.SPIKE,
                Severity.WARNING,
                measure,
                series,
                new Anomaly.Judgement(1, 0, 0, 0, 10),
                new Anomaly.Life(ONSET, ONSET, ONSET.plusSeconds(30), ended),
                series,
                "",
                List.of());
    }

    @Test
    void reachesFromAMinuteBeforeTheOnsetToAWindowAfterItWasLastSeen() {
        TraceLink link = TraceLink.of(anomaly(WatchedMeasure.COST, null, Cube.PROJECT));

        assertThat(link.href()).isEqualTo("/v1/traces?from=2026-11-21T03%3A59%3A00Z&to=2026-11-21T04%3A00%3A40Z");
    }

    @Test
    void endsWhereTheAnomalyDoes() {
        TraceLink link = TraceLink.of(anomaly(WatchedMeasure.COST, ONSET.plusSeconds(20), Cube.PROJECT));

        assertThat(link.filters()).containsEntry("to", "2026-11-21T04:00:20Z");
    }

    @Test
    void namesTheModelAndNoOperationWhichTracesDoNotHave() {
        TraceLink link = TraceLink.of(
                anomaly(WatchedMeasure.ERROR_RATE, null, Cube.MODEL_OPERATION, "openai", "gpt-5 & co", "chat"));

        assertThat(link.href()).endsWith("&model=gpt-5+%26+co");
        assertThat(link.filters()).containsOnlyKeys("from", "to", "model");
    }

    @Test
    void asksForFailedTracesWhereRootsFailed() {
        TraceLink link = TraceLink.of(anomaly(WatchedMeasure.ERROR_RATE, null, Cube.ENVIRONMENT, "prod"));

        assertThat(link.filters()).containsEntry("environment", "prod").containsEntry("status", "error");
    }

    @Test
    void leavesOutWhatIsNoValue() {
        assertThat(TraceLink.of(anomaly(WatchedMeasure.COST, null, Cube.ENVIRONMENT, ""))
                        .filters())
                .containsOnlyKeys("from", "to");
        assertThat(TraceLink.of(anomaly(WatchedMeasure.COST, null, Cube.ENVIRONMENT, Cube.OTHER))
                        .filters())
                .containsOnlyKeys("from", "to");
    }
}
