package io.millrace.standalone.summary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void figuresAreThoseOfTheNewestWindows() {
        Figures figures = Figures.of(json("""
                {"step":"10s","from":"2026-11-21T11:59:50Z","to":"2026-11-21T12:00:30Z","as_of":"2026-11-21T12:00:25.000Z",
                 "series":[{"group":{},"points":[
                  {"t":"2026-11-21T12:00:00Z","spans":1000,"errors":10,"latency_p95_ms":900.4,"cost_usd":"0.25"},
                  {"t":"2026-11-21T12:00:10Z","spans":1500,"errors":40,"latency_p95_ms":1200.6,"cost_usd":"0.5"},
                  {"t":"2026-11-21T12:00:20Z","spans":500,"errors":10,"latency_p95_ms":null,"cost_usd":"0.25"}]}]}"""));

        assertThat(figures).hasToString("120 spans/s | errors 2.0 % | p95 1201 ms | 144.00 USD/h");
    }

    @Test
    void nothingYetIsNoError() {
        Figures figures = Figures.of(json("""
                {"step":"10s","from":"2026-11-21T12:00:00Z","to":"2026-11-21T12:00:30Z","as_of":null,"series":[]}"""));

        assertThat(figures).hasToString("0 spans/s | errors 0.0 % | p95 - | 0.00 USD/h");
    }

    @Test
    void anIncidentIsToldOnceAndItsAnomaliesAreCountedWhileTheyAreOpen() {
        Anomalies anomalies = new Anomalies();
        String slow = """
                {"id":"1","incident_id":"1","state":"%s","severity":"critical","sentence":"gpt-4.1 is slow",
                 "series":{"cube":"model"},"cause":{"cube":"model"}}""";
        String all = """
                {"id":"2","incident_id":"1","state":"open","severity":"warning","sentence":"all is slow",
                 "series":{"cube":"project"},"cause":{"cube":"model"}}""";
        String dear = """
                {"id":"3","incident_id":"3","state":"open","severity":"warning","sentence":"triage is dear"}""";

        assertThat(anomalies.told(items(all + "," + slow.formatted("open"))))
                .containsExactly("incident [critical] gpt-4.1 is slow");
        assertThat(anomalies.told(items(dear + "," + all + "," + slow.formatted("acknowledged"))))
                .containsExactly("incident [warning] triage is dear");
        assertThat(anomalies.open()).isEqualTo(3);
        assertThat(anomalies.told(items(dear + "," + all + "," + slow.formatted("resolved"))))
                .isEmpty();
        assertThat(anomalies.open()).isEqualTo(2);
    }

    @Test
    void whatThisVersionLacksIsKnownByItsProblem() {
        assertThat(new ReadApi.Answer(400, json("{\"type\":\"urn:millrace:problem:not_available\"}")).isNotAvailable())
                .isTrue();
        assertThat(new ReadApi.Answer(503, MissingNode.getInstance()).isNotAvailable())
                .isFalse();
    }

    @Test
    void aTerminalHasOneLineThatChanges() {
        assertThat(shown(true))
                .isEqualTo("one\u001b[K\rtwo\u001b[K\rtold\u001b[K%nthree\u001b[K\r%n"
                        .replace("%n", System.lineSeparator()));
    }

    @Test
    void aFileHasALineNowAndThen() {
        assertThat(shown(false)).isEqualTo("two%ntold%n".replace("%n", System.lineSeparator()));
    }

    private static String shown(boolean rewriting) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(new PrintStream(bytes, true, StandardCharsets.UTF_8), rewriting, 2);
        terminal.show("one");
        terminal.show("two");
        terminal.say("told");
        terminal.show("three");
        terminal.end();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static JsonNode items(String items) {
        return json("{\"items\":[" + items + "],\"next\":null}");
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
