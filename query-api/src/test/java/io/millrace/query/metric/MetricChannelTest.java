package io.millrace.query.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.live.Decoder.Selection;
import io.millrace.query.live.LiveEvent;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.RollupMessage;
import io.millrace.schema.wire.StoredMarkMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricChannelTest {
    private static final ByteString PROJECT =
            ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2});

    private final List<Long> streamTimes = new ArrayList<>();
    private final MetricChannel channel = new MetricChannel(streamTimes::add);

    private static RollupMessage.Builder window(Cube cube, String... dims) {
        WindowValue value = new WindowValue();
        value.span(1, true);
        value.request(1, false, 100);
        return RollupMessage.newBuilder()
                .setProject(PROJECT)
                .setCube(cube.code())
                .addAllDims(List.of(dims))
                .setWindowStartSeconds(1_700_000_000)
                .setWindowSeconds(cube.windowSeconds())
                .setGeneration(1)
                .setEpoch(2)
                .setN(3)
                .setValue(value.toMessage());
    }

    private Optional<LiveEvent<RollupMessage>> decode(RollupMessage.Builder message) throws Exception {
        return channel.decode(0, 4, message.build().toByteArray());
    }

    @Test
    void anEntityIsAWindowOfASeries() throws Exception {
        LiveEvent<RollupMessage> event =
                decode(window(Cube.MODEL, "openai", "a/b c")).orElseThrow();

        assertThat(event.entity()).isEqualTo("model/openai/a%2Fb+c/1700000000");
        assertThat(event.project()).isEqualTo(new UUID(1, 2));
        assertThat(event.revision()).isEqualTo(new Revision(1, 2, 3));
        assertThat(decode(window(Cube.PROJECT)).orElseThrow().entity()).isEqualTo("project/1700000000");
    }

    @Test
    void dataIsAPointWithTheUsualMeasures() throws Exception {
        RollupMessage message = decode(window(Cube.MODEL, "", "m").setClosed(true))
                .orElseThrow()
                .data();

        String json =
                channel.select(Map.of("group_by", List.of("model,provider"))).json(message);

        assertThat(json)
                .startsWith("{\"group\":{\"provider\":null,\"model\":\"m\"},\"step\":\"10s\","
                        + "\"t\":\"2023-11-14T22:13:20Z\",\"spans\":1,\"errors\":1,")
                .contains("\"error_rate\":0.0", "\"latency_p95_ms\":")
                .doesNotContain("\"traces\"")
                .endsWith("\"closed\":true}");
    }

    @Test
    void takesWhatIsGroupedAndFilteredAsAsked() throws Exception {
        RollupMessage model =
                decode(window(Cube.MODEL, "openai", "m")).orElseThrow().data();
        RollupMessage project = decode(window(Cube.PROJECT)).orElseThrow().data();
        Selection<RollupMessage> whole = channel.select(Map.of());
        Selection<RollupMessage> models =
                channel.select(Map.of("group_by", List.of("provider,model"), "provider", List.of("openai")));
        Selection<RollupMessage> others =
                channel.select(Map.of("group_by", List.of("provider,model"), "provider", List.of("other")));

        assertThat(whole.takes(project)).isTrue();
        assertThat(whole.takes(model)).isFalse();
        assertThat(models.takes(model)).isTrue();
        assertThat(models.takes(project)).isFalse();
        assertThat(others.takes(model)).isFalse();
    }

    @Test
    void tellsStreamTimeByMarksAndByWindowsThatClose() throws Exception {
        decode(window(Cube.PROJECT));
        assertThat(streamTimes).isEmpty();

        decode(window(Cube.PROJECT).setClosed(true));
        Optional<LiveEvent<RollupMessage>> mark = decode(RollupMessage.newBuilder()
                .setStored(StoredMarkMessage.newBuilder().setWriters(1).setUntilSeconds(1_700_000_100)));

        assertThat(mark).isEmpty();
        assertThat(streamTimes).containsExactly(1_700_000_010L, 1_700_000_100L);
    }

    @Test
    void leavesOutWhatALaterVersionSays() throws Exception {
        assertThat(decode(window(Cube.PROJECT).setCube(99))).isEmpty();
        assertThat(decode(window(Cube.MODEL, "one dimension too few"))).isEmpty();
        assertThat(decode(window(Cube.PROJECT).clearValue())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "group_by, release, UNSERVABLE",
        "group_by, colour, INVALID_PARAMETER",
        "group_by, cohort, NOT_AVAILABLE",
        "model, gpt-5, UNSERVABLE",
        "measures, joy, INVALID_PARAMETER",
        "measures, users, NOT_AVAILABLE",
        "step, 1m, UNKNOWN_PARAMETER",
    })
    void refusesFiltersThatNoCubeServes(String field, String value, ProblemType type) {
        assertThatThrownBy(() -> channel.select(Map.of(field, List.of(value))))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.type()).isEqualTo(type));
    }

    @Test
    void countsTracesWhereTracesAreCounted() {
        Map<String, List<String>> byKind = Map.of("group_by", List.of("kind"), "measures", List.of("traces"));

        assertThatThrownBy(() -> channel.select(byKind)).isInstanceOf(Problem.class);
        assertThat(channel.select(Map.of("measures", List.of("traces")))
                        .json(window(Cube.PROJECT).build()))
                .contains("\"traces\":0");
    }
}
