package io.millrace.bench.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.junit.jupiter.api.Test;

class AnomalyPushesTest {
    private final AnomalyPushes pushes = new AnomalyPushes();

    @Test
    void timesEachStateFromItsRecord() throws IOException {
        push("a", "0.1.1", "error_rate", "outage-001", 10_000);
        push("a", "0.1.2", "error_rate", "outage-001", 50_000);
        push("b", "0.1.3", "throughput", "outage-002", 60_000);
        List<AnomalyRecord> records = List.of(
                new AnomalyRecord("a", "0.1.1", 9_000),
                new AnomalyRecord("a", "0.1.2", 47_000),
                new AnomalyRecord("b", "0.1.3", 40_000));

        assertThat(pushes.hasAll(records)).isTrue();
        assertThat(values(pushes.sinceAppended(records))).containsExactly(1_000L, 3_000L, 20_000L);
    }

    @Test
    void aStateIsTimedByItsFirstPush() throws IOException {
        push("a", "0.1.1", "error_rate", "outage-001", 10_000);
        push("a", "0.1.1", "error_rate", "outage-001", 90_000);
        assertThat(values(pushes.sinceAppended(List.of(new AnomalyRecord("a", "0.1.1", 9_000)))))
                .containsExactly(1_000L);
    }

    @Test
    void missesWhatWasAppendedAndNotPushed() throws IOException {
        push("a", "0.1.1", "error_rate", "outage-001", 10_000);
        List<AnomalyRecord> records = List.of(new AnomalyRecord("a", "0.1.2", 9_000));
        assertThat(pushes.hasAll(records)).isFalse();
        assertThatThrownBy(() -> pushes.sinceAppended(records)).isInstanceOf(IOException.class);
    }

    @Test
    void timesTheFirstStateOfAnAnomalyFromTheOutageBeforeIt() throws IOException {
        List<Outage> outages = List.of(
                new Outage("outage-001", 1_000, 2_000),
                new Outage("outage-002", 3_000, 4_000),
                new Outage("outage-001", 80_000, 81_000));
        push("a", "0.1.1", "error_rate", "outage-001", 7_000);
        push("a", "0.1.2", "error_rate", "outage-001", 30_000);
        push("b", "0.1.3", "error_rate", "outage-001", 84_000);
        push("c", "0.1.4", "error_rate", "outage-002", 3_500);

        assertThat(values(pushes.sinceAcknowledged(outages))).containsExactly(0L, 3_000L, 5_000L);
    }

    @Test
    void whatNoOutageMadeIsNotTimedFromOne() throws IOException {
        List<Outage> outages = List.of(new Outage("outage-001", 1_000, 2_000));
        push("a", "0.1.1", "throughput", "outage-001", 7_000);
        push("b", "0.1.2", "error_rate", "outage-002", 7_000);
        push("c", "0.1.3", "error_rate", "outage-001", 900);
        assertThat(values(pushes.sinceAcknowledged(outages))).isEmpty();
    }

    private void push(String entity, String revision, String measure, String name, long at) throws IOException {
        String message =
                "{\"type\":\"event\",\"data\":{\"measure\":\"%s\",\"series\":{\"cube\":\"model\",".formatted(measure)
                        + "\"dims\":{\"provider\":null,\"model\":\"%s\"}}}}".formatted(name);
        pushes.take(entity, revision, message, at);
    }

    /** Exact below 2,048; those above are chosen to be. */
    private static List<Long> values(Histogram histogram) {
        List<Long> values = new ArrayList<>();
        for (HistogramIterationValue value : histogram.recordedValues()) {
            values.addAll(Collections.nCopies(
                    (int) value.getCountAtValueIteratedTo(),
                    histogram.lowestEquivalentValue(value.getValueIteratedTo())));
        }
        return values;
    }
}
