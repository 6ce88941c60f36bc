package io.millrace.query.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private static MetricQuery query(String text) {
        Map<String, List<String>> parameters = new TreeMap<>();
        for (String pair : text.split("&")) {
            parameters
                    .computeIfAbsent(pair.split("=")[0], name -> new ArrayList<>())
                    .add(pair.split("=")[1]);
        }
        return MetricQuery.parse(parameters, NOW);
    }

    @ParameterizedTest
    @CsvSource({
        "measures=spans;latency_p95_ms,                              PROJECT",
        "measures=traces;error_rate&environment=prod,                ENVIRONMENT",
        "measures=traces&group_by=environment,                       ENVIRONMENT",
        "measures=spans&group_by=kind,                               KIND",
        "measures=cost_usd&group_by=model,                           MODEL",
        "measures=cost_usd&group_by=provider,                        MODEL",
        "measures=cost_usd&group_by=model&provider=openai,           MODEL",
        "measures=latency_p95_ms&group_by=name,                      OPERATION",
        "measures=latency_p95_ms&group_by=name&model=gpt-5,          MODEL_OPERATION",
        "measures=latency_p95_ms&group_by=kind;model&step=1m,        JOINT",
        "measures=cost_usd&group_by=environment;release&step=1h,     JOINT",
        "measures=traces&group_by=name,                              JOINT",
        "measures=latency_p95_ms&group_by=prompt,                    JOINT"
    })
    void picksTheSmallestCubeThatHasWhatIsAsked(String text, Cube expected) {
        assertThat(Source.of(query(text.replace(';', ','))).cube()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "measures=spans&group_by=kind;model&step=10s",
        "measures=traces&group_by=name&step=10s",
        "measures=traces&group_by=model",
        "measures=latency_p95_ms&group_by=release",
        "measures=error_rate&group_by=environment;release&step=1m"
    })
    void saysWhatCanBeServedWhenNothingFits(String text) {
        assertThatThrownBy(() -> Source.of(query(text.replace(';', ','))))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.type()).isEqualTo(ProblemType.UNSERVABLE);
                    assertThat(problem.detail()).contains("provider + model", "environment");
                });
    }

    @Test
    void takesTheJointSeriesForModelsAsTheModelCubeDoes() {
        Source source = Source.of(query("measures=spans&group_by=environment,model"));

        assertThat(source.takes(joint("llm"))).isTrue();
        assertThat(source.takes(joint("embedding"))).isTrue();
        assertThat(source.takes(joint("(other)"))).isTrue();
        assertThat(source.takes(joint("agent"))).isFalse();
    }

    @Test
    void takesRequestsByNameAsTheOperationCubeDoes() {
        Source source = Source.of(query("measures=requests&group_by=environment,name"));
        var sum = new WindowValue();
        for (String kind : List.of("llm", "tool", "chain")) {
            var value = new WindowValue();
            value.span(1, false);
            value.request(1, false, 5);
            source.merge(joint(kind), value, sum);
        }

        assertThat(sum.spans()).isEqualTo(3);
        assertThat(sum.requests()).isEqualTo(2);
        assertThat(sum.latency().count()).isEqualTo(2);
    }

    private static List<String> joint(String kind) {
        return List.of("prod", kind, "openai", "gpt-5", "chat", "v1", "greeting:3");
    }

    @ParameterizedTest
    @CsvSource({
        "from=now-1h&to=now,              10:00:07.5, 09:00:00, 10:00:10",
        "from=now-49h&to=now,             10:00:07.5, 09:00:00, 10:00:10",
        "from=now-10s&to=now-10s,         10:00:10,   10:00:00, 10:00:00",
    })
    void widensTheRangeToWholeWindows(String range, String now, String from, String to) {
        Instant at = Instant.parse("2026-11-20T" + (now.contains(".") ? now : now + ".0") + "Z");
        Map<String, List<String>> parameters = new TreeMap<>();
        parameters.put("measures", List.of("spans"));
        for (String pair : range.split("&")) {
            parameters.put(pair.split("=")[0], List.of(pair.split("=")[1]));
        }
        MetricQuery query = MetricQuery.parse(parameters, at);

        WindowRange widened = WindowRange.of(query, Source.of(query), at);

        assertThat(Instant.ofEpochSecond(widened.from()).toString()).contains("T" + from);
        assertThat(Instant.ofEpochSecond(widened.to()).toString()).contains("T" + to);
    }

    @Test
    void refusesAStepWhoseWindowsAreGone() {
        MetricQuery query = query("measures=spans&step=10s&from=now-3d");

        assertThatThrownBy(() -> WindowRange.of(query, Source.of(query), NOW))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.type()).isEqualTo(ProblemType.UNSERVABLE));
    }
}
