package io.millrace.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.window.Cube;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IncidentsTest {
    private static final UUID PROJECT = new UUID(1, 2);
    private static final long NOON = 1_795_176_000_000L;
    private static final Series ALL = new Series(PROJECT, Cube.PROJECT, List.of());
    private static final Series MODEL = new Series(PROJECT, Cube.MODEL, List.of("openai", "gpt-4o"));

    private final Incidents incidents = new Incidents();

    @Test
    void whatBeginsTogetherIsOneIncidentAndTheWorstExplainsIt() {
        Incidents.Member project = incidents.accept(finding(ALL, NOON, 0.2, AnomalyState.OPEN));
        Incidents.Member model = incidents.accept(finding(MODEL, NOON + 10_000, 0.9, AnomalyState.OPEN));
        assertThat(model.incident()).isEqualTo(project.finding().id());
        assertThat(incidents.cause(project)).isEqualTo(MODEL);
    }

    @Test
    void whatBeginsLaterIsAnother() {
        Incidents.Member first = incidents.accept(finding(ALL, NOON, 0.2, AnomalyState.OPEN));
        Incidents.Member second = incidents.accept(finding(MODEL, NOON + 70_000, 0.9, AnomalyState.OPEN));
        assertThat(second.incident()).isNotEqualTo(first.incident());
    }

    @Test
    void anAnomalyKeepsItsIncidentToItsEndAndIsThenForgotten() {
        Incidents.Member first = incidents.accept(finding(ALL, NOON, 0.2, AnomalyState.OPEN));
        incidents.accept(finding(MODEL, NOON + 10_000, 0.9, AnomalyState.OPEN));
        incidents.accept(finding(ALL, NOON, 0.2, AnomalyState.RESOLVED));
        Incidents.Member last = incidents.accept(finding(MODEL, NOON + 10_000, 0.9, AnomalyState.RESOLVED));
        assertThat(last.incident()).isEqualTo(first.incident());
        assertThat(incidents.members()).isEmpty();
    }

    @Test
    void sentencesSayWhatWhereSinceWhenAndWhatIsUsual() {
        assertThat(Sentence.of(finding(MODEL, NOON, 0.354, AnomalyState.OPEN)))
                .isEqualTo(
                        "The error rate of provider openai, model gpt-4o is 35.4 %, usually 1.0 % since 12:00:00 UTC");
        Judgement silence = new Judgement(Measure.THROUGHPUT, AnomalyKind.SILENCE, 0, 412, 300, 500, 20);
        assertThat(Sentence.of(new Finding(ALL, silence, AnomalyState.OPEN, NOON, NOON, NOON, NOON, 0)))
                .isEqualTo("No spans since 12:00:00 UTC, usually 412 in ten seconds");
    }

    @Test
    void idsAreMadeFromTheFacts() {
        Finding one = finding(MODEL, NOON, 0.3, AnomalyState.OPEN);
        assertThat(finding(MODEL, NOON, 0.9, AnomalyState.RESOLVED).id()).isEqualTo(one.id());
        assertThat(finding(MODEL, NOON + 1, 0.3, AnomalyState.OPEN).id()).isNotEqualTo(one.id());
        assertThat(finding(ALL, NOON, 0.3, AnomalyState.OPEN).id()).isNotEqualTo(one.id());
        assertThat(one.id().version()).isEqualTo(8);
    }

    private static Finding finding(Series series, long onset, double rate, AnomalyState state) {
        Judgement judgement = new Judgement(Measure.ERROR_RATE, AnomalyKind.SPIKE, rate, 0.01, 0, 0.025, 12);
        long ended = state == AnomalyState.OPEN ? 0 : onset + 30_000;
        return new Finding(series, judgement, state, onset, onset, onset, onset + 20_000, ended);
    }
}
