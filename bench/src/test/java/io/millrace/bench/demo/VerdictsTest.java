package io.millrace.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.demo.StagedIncident.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictsTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final StagedIncident SLOW = new StagedIncident(
            Kind.SLOW_MODEL, "model m", NOON, NOON.plusSeconds(35), Optional.of(NOON.plusSeconds(5)));
    private static final StagedIncident SILENCE = new StagedIncident(
            Kind.SILENCE, "environment *", NOON.plusSeconds(45), NOON.plusSeconds(80), Optional.empty());

    @Test
    void theFirstThatFitsIsWhatFoundIt() {
        ToldAnomaly late = anomaly("1", "c", "latency_p95 spike", 0, 20);
        ToldAnomaly early = anomaly("2", "c", "latency_p95 spike", -10, 12);

        Verdicts verdicts = Verdicts.of(List.of(SLOW), List.of(late, early));

        assertThat(verdicts.findings()).containsExactly(new Finding(SLOW, Optional.of(early)));
        assertThat(verdicts.findings().get(0).seconds()).contains(7.0);
        assertThat(verdicts.falseAlarms()).isEmpty();
    }

    @Test
    void whatSharesTheCauseIsNoFalseAlarm() {
        ToldAnomaly slow = anomaly("1", "c", "latency_p95 spike", 0, 12);
        ToldAnomaly followsFromIt = anomaly("2", "c", "throughput drop", 10, 30);
        ToldAnomaly unrelated = anomaly("3", "d", "cost spike", 10, 30);

        Verdicts verdicts = Verdicts.of(List.of(SLOW), List.of(slow, followsFromIt, unrelated));

        assertThat(verdicts.falseAlarms()).containsExactly(unrelated);
    }

    @Test
    void whatWasNotToldIsNotFound() {
        ToldAnomaly before = anomaly("1", "", "throughput silence", 20, 30);

        Verdicts verdicts = Verdicts.of(List.of(SLOW, SILENCE), List.of(before));

        assertThat(verdicts.findings()).noneMatch(Finding::found);
        assertThat(verdicts.findings().get(1)).asString().contains("silence", "NOT FOUND");
        assertThat(verdicts.falseAlarms()).containsExactly(before);
    }

    /** Of 143, 74 and 15 spans in the windows around its begin, the second was few before anything had gone wrong. */
    @Test
    void chanceMayBeginWhatAnIncidentGoesOnWith() {
        ToldAnomaly early = anomaly("1", "", "throughput drop", 39, 51);

        assertThat(Verdicts.of(List.of(SILENCE), List.of(early)).findings()).allMatch(Finding::found);
    }

    @Test
    void whatWasToldBeforeAnIncidentIsNotItsDoing() {
        ToldAnomaly before = anomaly("1", "", "throughput drop", 40, 44);

        Verdicts verdicts = Verdicts.of(List.of(SILENCE), List.of(before));

        assertThat(verdicts.findings()).noneMatch(Finding::found);
        assertThat(verdicts.falseAlarms()).containsExactly(before);
    }

    @Test
    void readsWhatTheDemoWrites(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("demo-incidents.json");
        Files.writeString(file, """
                {"seed":1,"begun":"2026-11-21T11:58:00Z","incidents":[
                 {"kind":"slow_model","place":{"dimension":"model","value":"m"},"strength":4.5,
                  "planned_begin":"2026-11-21T12:00:00Z","planned_end":"2026-11-21T12:00:35Z",
                  "first_span_acknowledged":"2026-11-21T12:00:05Z"},
                 {"kind":"silence","place":{"dimension":"environment","value":"*"},"strength":1.0,
                  "planned_begin":"2026-11-21T12:00:45Z","planned_end":"2026-11-21T12:01:20Z",
                  "first_span_acknowledged":null}]}""");

        assertThat(StagedIncident.read(file)).containsExactly(SLOW, SILENCE);
    }

    private static ToldAnomaly anomaly(String id, String cause, String measure, long onset, long seen) {
        return new ToldAnomaly(
                id, cause, "warning", measure, "told " + id, NOON.plusSeconds(onset), NOON.plusSeconds(seen));
    }
}
