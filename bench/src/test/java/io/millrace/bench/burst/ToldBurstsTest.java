package io.millrace.bench.burst;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToldBurstsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Burst BURST = new Burst(NOON, NOON.plusSeconds(40), 200, true);

    @Test
    void aBurstIsToldOnceByItsProject() {
        ToldBursts told = told(
                List.of(BURST),
                List.of(anomaly("error_rate", "project", "resolved", 0), anomaly("error_rate", "name", "resolved", 0)));
        assertThat(told).isEqualTo(new ToldBursts(1, 0, List.of(), List.of(), List.of(), List.of()));
    }

    @Test
    void aBurstThatNobodyToldIsLostIfItCouldBeSeen() {
        assertThat(told(List.of(BURST), List.of()).lost()).hasSize(1);
        Burst unseen = new Burst(NOON, NOON.plusSeconds(40), 30, true);
        assertThat(told(List.of(unseen), List.of()).lost()).isEmpty();
    }

    @Test
    void aLostBurstSaysWhichAnomalyWasOpenAllTheWhile() {
        Burst next = new Burst(NOON.plusSeconds(60), NOON.plusSeconds(100), 200, true);
        ToldBursts told = told(List.of(BURST, next), List.of(anomaly("error_rate", "project", "resolved", 0)));
        assertThat(told.lost()).singleElement().asString().contains("open meanwhile: [resolved, onset " + NOON);
    }

    @Test
    void aBurstIsAPartOfTheOneBeforeOnlyIfThatIsOpenAndTheirCalmCameLate() {
        Burst next = new Burst(NOON.plusSeconds(60), NOON.plusSeconds(100), 200, false);
        ToldBursts told = told(List.of(BURST, next), List.of(anomaly("error_rate", "project", "resolved", 0)));
        assertThat(told.joined()).isEqualTo(1);
        assertThat(told.lost()).isEmpty();
        Burst later = new Burst(NOON.plusSeconds(120), NOON.plusSeconds(160), 200, false);
        assertThat(told(List.of(BURST, later), List.of(anomaly("error_rate", "project", "resolved", 0)))
                        .lost())
                .hasSize(1);
    }

    @Test
    void twoOfOneBurstAreOneTooMany() {
        List<JsonNode> two = List.of(
                anomaly("error_rate", "project", "resolved", 0), anomaly("error_rate", "project", "resolved", 30));
        assertThat(told(List.of(BURST), two).doubled()).hasSize(1);
    }

    @Test
    void whatBeginsWithNoBurstIsInvented() {
        assertThat(told(List.of(BURST), List.of(anomaly("throughput", "project", "resolved", 60)))
                        .invented())
                .hasSize(1);
    }

    @Test
    void theSilenceBehindAllTrafficIsNoInvention() {
        assertThat(told(List.of(), List.of(anomaly("throughput", "project", "open", 700))))
                .isEqualTo(new ToldBursts(0, 0, List.of(), List.of(), List.of(), List.of()));
    }

    @Test
    void whatIsNotOverIsEndless() {
        assertThat(told(List.of(BURST), List.of(anomaly("error_rate", "project", "open", 0)))
                        .endless())
                .hasSize(1);
    }

    private static ToldBursts told(List<Burst> bursts, List<JsonNode> anomalies) {
        return ToldBursts.of(bursts, anomalies, NOON.plusSeconds(600));
    }

    private static JsonNode anomaly(String measure, String cube, String state, int second) {
        String ended = state.equals("open") ? "null" : "\"" + NOON.plusSeconds(90) + "\"";
        try {
            return new ObjectMapper()
                    .readTree("{\"measure\":\"%s\",\"series\":{\"cube\":\"%s\"},\"state\":\"%s\",\"onset\":\"%s\","
                                    .formatted(measure, cube, state, NOON.plusSeconds(second))
                            + "\"ended\":" + ended + ",\"sentence\":\"The error rate is 60 %\"}");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
