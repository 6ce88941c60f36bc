package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {
    private static final long START = 1_795_219_200_000_000_000L;
    private static final Schedule SCHEDULE = new Schedule(START, 3.7);
    private static final Workload.Shape WHOLE = new Workload.Shape(16, false, 10, 0);
    private static final Workload.Shape SPLIT = new Workload.Shape(4, true, 10, 7);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void expectsWhatTheDecodedRequestsAmountTo(boolean split) throws Exception {
        // Given
        Workload workload = new Workload(new Workload.Identity(1, 2, 0), split ? SPLIT : WHOLE);
        int requests = split ? 112 : 60;
        DecodedSums decoded = new DecodedSums();
        for (long i = 0; i < requests; i++) {
            decoded.add(body(workload, i));
        }

        // When
        Truth truth = truth(workload, sequences(requests));

        // Then
        assertThat(decoded.joint(Grain.TEN_SECONDS).differences(truth.table(Grain.TEN_SECONDS, Cube.JOINT)))
                .isEmpty();
        assertThat(decoded.joint(Grain.DAY).differences(truth.table(Grain.DAY, Cube.JOINT)))
                .isEmpty();
        assertThat(truth.spans()).isEqualTo(decoded.spans().size());
        assertThat(truth.spanIds())
                .isEqualTo(decoded.spans().stream()
                        .mapToLong(span ->
                                span.span().getSpanId().asReadOnlyByteBuffer().getLong())
                        .reduce(0, (a, b) -> a ^ b));
        assertThat(truth.table(Grain.TEN_SECONDS, Cube.JOINT).size()).isGreaterThan(300);
    }

    @Test
    void doesNotDependOnTheOrderOfAcknowledgements() {
        // Given
        Workload workload = new Workload(new Workload.Identity(1, 2, 0), SPLIT);
        List<Long> shuffled = new ArrayList<>(sequences(200));
        Collections.shuffle(shuffled, new Random(5));

        // When
        Truth truth = truth(workload, shuffled);

        // Then
        Truth straight = truth(workload, sequences(200));
        assertThat(truth.spanIds()).isEqualTo(straight.spanIds());
        for (Cube cube : Cube.values()) {
            assertThat(truth.table(Grain.MINUTE, cube).differences(straight.table(Grain.MINUTE, cube)))
                    .isEmpty();
        }
    }

    @Test
    void sumsOfAllCubesAgree() {
        // Given
        Workload workload = new Workload(new Workload.Identity(9, 2, 0), WHOLE);

        // When
        Truth truth = truth(workload, sequences(40));

        // Then
        long cost = truth.table(Grain.MINUTE, Cube.PROJECT).total(Grain.MINUTE, Cube.PROJECT, "cost_pico_usd");
        for (Cube cube : Cube.values()) {
            Table table = truth.table(Grain.HOUR, cube);
            assertThat(table.total(Grain.HOUR, cube, "cost_pico_usd")).isEqualTo(cost);
            boolean modelsOnly = cube == Cube.MODEL || cube == Cube.MODEL_OPERATION;
            long all = 40 * 96;
            assertThat(table.total(Grain.HOUR, cube, "spans"))
                    .as(cube.name())
                    .satisfies(spans -> assertThat(spans == all).isEqualTo(!modelsOnly));
        }
    }

    @Test
    void buildsTheSameBytesAgain() {
        // Given
        Workload first = new Workload(new Workload.Identity(1, 2, 0), SPLIT);
        Workload second = new Workload(new Workload.Identity(1, 2, 0), SPLIT);

        // When
        for (long i : new long[] {7, 3, 1_000_003, 7}) {
            // Then
            assertThat(body(second, i)).isEqualTo(body(first, i));
        }
    }

    @Test
    void neverRepeatsAnId() throws Exception {
        // Given
        DecodedSums decoded = new DecodedSums();
        Workload[] workloads = {
            new Workload(new Workload.Identity(1, 1, 0), WHOLE),
            new Workload(new Workload.Identity(1, 2, 0), WHOLE),
            new Workload(new Workload.Identity(1, 2, 1), WHOLE),
            new Workload(new Workload.Identity(2, 2, 0), SPLIT)
        };

        // When
        for (Workload workload : workloads) {
            for (long i = 0; i < 40; i++) {
                decoded.add(body(workload, i));
            }
        }

        // Then
        int traces = 3 * 40 * 16 + 20 * 4;
        assertThat(decoded.spans().stream()
                        .map(span -> span.span().getTraceId())
                        .collect(Collectors.toSet()))
                .hasSize(traces);
        assertThat(decoded.spans().stream().map(span -> span.span().getSpanId()).collect(Collectors.toSet()))
                .hasSize(traces * 6);
    }

    @Test
    void bothHalvesOfASplitBatchMakeWholeTraces() throws Exception {
        // Given
        Workload workload = new Workload(new Workload.Identity(1, 2, 0), SPLIT);
        DecodedSums decoded = new DecodedSums();

        // When
        decoded.add(body(workload, 10));
        decoded.add(body(workload, 11));

        // Then
        Set<ByteString> ids = new HashSet<>();
        decoded.spans().forEach(span -> ids.add(span.span().getSpanId()));
        assertThat(decoded.spans()).hasSize(24);
        assertThat(decoded.spans().stream()
                        .map(span -> span.span().getParentSpanId())
                        .filter(parent -> !parent.isEmpty()))
                .hasSize(20)
                .allMatch(ids::contains);
    }

    @Test
    void hasTheStatedSizesAndSeries() throws Exception {
        // Given
        Workload workload = new Workload(new Workload.Identity(1, 2, 0), WHOLE);
        DecodedSums decoded = new DecodedSums();

        // When
        for (long i = 0; i < 8; i++) {
            decoded.add(body(workload, i));
        }

        // Then
        var byText = decoded.spans().stream()
                .collect(Collectors.partitioningBy(
                        span -> span.attributes().containsKey("gen_ai.input.messages"),
                        Collectors.averagingInt(span -> span.span().getSerializedSize() + 3)));
        assertThat(byText.get(false)).isCloseTo(651, within(15.0));
        assertThat(byText.get(true)).isCloseTo(1_980, within(80.0));
        long withText = decoded.spans().stream()
                .filter(span -> span.attributes().containsKey("gen_ai.input.messages"))
                .count();
        assertThat((double) withText / decoded.spans().size()).isCloseTo(0.1, within(0.01));
        assertThat(workload.series().stream()
                        .filter(series ->
                                series.kind() == Kind.LLM && !series.name().equals("generate")))
                .hasSize(200);
    }

    private static byte[] body(Workload workload, long sequence) {
        byte[] target = new byte[workload.longestRequest()];
        return Arrays.copyOf(target, workload.fill(SCHEDULE, sequence, target));
    }

    private static List<Long> sequences(long count) {
        List<Long> sequences = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            sequences.add(i);
        }
        return sequences;
    }

    private static Truth truth(Workload workload, List<Long> sequences) {
        Truth truth = new Truth(workload.series());
        sequences.forEach(sequence -> truth.acknowledge(workload, SCHEDULE, sequence));
        return truth;
    }
}
