package io.millrace.query.metric;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.millrace.query.Api;
import io.millrace.query.Facts;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.RollupMessage;
import io.millrace.schema.wire.StoredMarkMessage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API sums from windows against sums over the calls themselves. */
class MetricIT {
    private static final Api API = Api.shared();
    private static final List<String> MODELS = List.of("gpt-5", "claude-sonnet-4", "gemini-2.5-pro");

    /** The last whole ten seconds: what ends later is open. */
    private final long now = Grain.TEN_SECONDS.floor(Instant.now().getEpochSecond());

    private final long from = now - 3 * 3_600 - 70;
    private final List<Call> calls = new ArrayList<>();
    private Api.Tenant tenant;

    /** A model call that ended at a second. */
    private record Call(long second, String model, double latencyMillis, boolean error, long input, long costPico) {}

    @BeforeEach
    void insert() throws SQLException {
        tenant = API.tenant();
        var random = new Random(1);
        for (int i = 0; i < 150; i++) {
            calls.add(new Call(
                    from + random.nextInt((int) (now - from)),
                    MODELS.get(random.nextInt(3)),
                    Math.exp(5 + random.nextGaussian()),
                    random.nextInt(10) == 0,
                    random.nextInt(5_000),
                    random.nextInt(1_000_000_000)));
        }
        for (Grain grain : Grain.values()) {
            for (Map.Entry<Long, List<Call>> window : byWindow(grain, calls).entrySet()) {
                write(grain, window.getKey(), window.getValue(), 1);
            }
        }
        streamTime(now + 30);
    }

    private static void streamTime(long second) throws SQLException {
        API.sql(
                "insert into ledger_progress (partition, next_offset, checkpoint, epoch, stream_time)"
                        + " values (0, 0, 1, 1, ?) on conflict (partition) do update set stream_time = excluded.stream_time",
                Facts.utc(Instant.ofEpochSecond(second)));
    }

    private static Map<Long, List<Call>> byWindow(Grain grain, List<Call> calls) {
        return calls.stream().collect(Collectors.groupingBy(call -> grain.floor(call.second)));
    }

    private static WindowValue valueOf(List<Call> calls) {
        var value = new WindowValue();
        for (Call call : calls) {
            long[] usage = new long[UsageBucket.COUNT];
            usage[0] = call.input;
            value.span(1, call.error);
            value.request(1, call.error, call.latencyMillis);
            value.usage(1, Usage.of(usage), true, call.costPico);
        }
        return value;
    }

    /** Writes the window of both models' cubes, as the stream or the keeper would. */
    private void write(Grain grain, long start, List<Call> inWindow, long revision) throws SQLException {
        write(grain, Cube.PROJECT, start, List.of(), valueOf(inWindow), revision);
        Map<String, List<Call>> byModel = inWindow.stream().collect(Collectors.groupingBy(Call::model));
        for (Map.Entry<String, List<Call>> model : byModel.entrySet()) {
            write(grain, Cube.MODEL, start, List.of("p", model.getKey()), valueOf(model.getValue()), revision);
        }
    }

    private void write(Grain grain, Cube cube, long start, List<String> dims, WindowValue value, long revision)
            throws SQLException {
        if (grain.seconds() <= 60) {
            API.sql("select ensure_day(?)", Facts.day(Instant.ofEpochSecond(start)));
        }
        var row = Facts.Row.of(grain.table())
                .with("project", tenant.project())
                .with("cube", cube.code())
                .with("window_start", Facts.utc(Instant.ofEpochSecond(start)))
                .with("dims", dims.toArray(String[]::new))
                .with("generation", 0)
                .with("epoch", 1)
                .with("revision", revision)
                .with("spans", value.spans())
                .with("errors", value.errors())
                .with("requests", value.requests())
                .with("request_errors", value.requestErrors())
                .with("traces", value.traces())
                .with("counted", value.counted())
                .with("unpriced", value.unpriced())
                .with("cost_pico_usd", new BigDecimal(value.costPico()))
                .with("latency", value.latency().encode())
                .with("time_to_first_token", new byte[0])
                .with("tokens_per_second", new byte[0])
                .with("trace_cost", new byte[0]);
        for (UsageBucket bucket : UsageBucket.values()) {
            row.with(bucket.label(), value.tokens(bucket));
        }
        row.insert(API);
    }

    private void stale(Grain grain, long start) throws SQLException {
        for (Cube cube : List.of(Cube.PROJECT, Cube.MODEL)) {
            Facts.Row.of("stale_windows")
                    .with("project", tenant.project())
                    .with("seconds", grain.seconds())
                    .with("cube", cube.code())
                    .with("window_start", Facts.utc(Instant.ofEpochSecond(start)))
                    .insert(API);
        }
    }

    private JsonNode metrics(String parameters) {
        Api.Answer answer = API.get(tenant.readKey(), "/v1/metrics?" + parameters);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body();
    }

    private String wholeRange() {
        return "&from=" + Instant.ofEpochSecond(from) + "&to=" + Instant.ofEpochSecond(now);
    }

    private static long sum(JsonNode metrics, String measure) {
        long sum = 0;
        for (JsonNode series : metrics.get("series")) {
            for (JsonNode point : series.get("points")) {
                sum += point.get(measure).asLong();
            }
        }
        return sum;
    }

    private static BigInteger cost(JsonNode metrics) {
        BigInteger sum = BigInteger.ZERO;
        for (JsonNode series : metrics.get("series")) {
            for (JsonNode point : series.get("points")) {
                sum = sum.add(new BigDecimal(point.get("cost_usd").asText())
                        .movePointRight(12)
                        .toBigIntegerExact());
            }
        }
        return sum;
    }

    private void assertWhole(String parameters) {
        JsonNode metrics = metrics(
                "measures=spans,errors,input_tokens,cost_usd,requests,request_errors" + parameters + wholeRange());

        assertThat(sum(metrics, "spans")).isEqualTo(calls.size());
        assertThat(sum(metrics, "errors"))
                .isEqualTo(calls.stream().filter(Call::error).count());
        assertThat(sum(metrics, "input_tokens"))
                .isEqualTo(calls.stream().mapToLong(Call::input).sum());
        assertThat(cost(metrics))
                .isEqualTo(BigInteger.valueOf(
                        calls.stream().mapToLong(Call::costPico).sum()));
        assertThat(sum(metrics, "requests")).isEqualTo(calls.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10s", "1m", "1h", "1d", "all"})
    void sumsTheSameForEveryStep(String step) {
        assertWhole("&step=" + step);
        assertWhole("&group_by=model&step=" + step);
        assertWhole("&group_by=provider&step=" + step);
    }

    @Test
    void answersWithOnePointPerStepAndGroup() {
        JsonNode metrics = metrics("measures=spans&group_by=model&step=1h" + wholeRange());

        assertThat(metrics.get("step").asText()).isEqualTo("1h");
        assertThat(metrics.get("as_of").asText()).isNotEmpty();
        Map<String, Map<Long, Long>> expected = new TreeMap<>();
        calls.forEach(call -> expected.computeIfAbsent(call.model, model -> new TreeMap<>())
                .merge(Grain.HOUR.floor(call.second), 1L, Long::sum));
        Map<String, Map<Long, Long>> actual = new TreeMap<>();
        metrics.get("series")
                .forEach(series -> series.get("points")
                        .forEach(point -> actual.computeIfAbsent(
                                        series.get("group").get("model").asText(), model -> new TreeMap<>())
                                .put(
                                        Instant.parse(point.get("t").asText()).getEpochSecond(),
                                        point.get("spans").asLong())));
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void findsQuantilesWithinOnePerCent() {
        JsonNode point = metrics(
                        "measures=latency_p50_ms,latency_p95_ms,latency_p99_ms,error_rate&model=gpt-5" + wholeRange())
                .get("series")
                .get(0)
                .get("points")
                .get(0);

        List<Call> own =
                calls.stream().filter(call -> call.model.equals("gpt-5")).toList();
        double[] sorted = own.stream().mapToDouble(Call::latencyMillis).sorted().toArray();
        for (int percent : new int[] {50, 95, 99}) {
            double expected = sorted[(int) (percent / 100.0 * (sorted.length - 1))];
            assertThat(point.get("latency_p" + percent + "_ms").asDouble())
                    .isCloseTo(expected, within(expected * 0.0101));
        }
        assertThat(point.get("error_rate").asDouble())
                .isEqualTo((double) own.stream().filter(Call::error).count() / own.size());
    }

    @Test
    void countsFromInclusiveToExclusiveByWindowOfTenSeconds() {
        long start = Grain.TEN_SECONDS.floor(calls.get(0).second);

        JsonNode metrics = metrics("measures=spans&from="
                + Instant.ofEpochSecond(start).plusMillis(3_500) + "&to=" + Instant.ofEpochSecond(start + 20));

        assertThat(sum(metrics, "spans"))
                .isEqualTo(calls.stream()
                        .filter(call -> call.second >= start && call.second < start + 20)
                        .count());
    }

    @Test
    void isRightWhileWindowsWaitToBeComputed() throws SQLException {
        long hour = Grain.HOUR.floor(from + 3_600);
        long minute = Grain.MINUTE.floor(from + 600);
        for (String table : List.of("rollup_1d", "rollup_1h")) {
            API.sql("update " + table + " set spans = 999999 where project = ?", tenant.project());
        }
        API.sql(
                "delete from rollup_1m where project = ? and window_start = ?",
                tenant.project(),
                Facts.utc(Instant.ofEpochSecond(minute)));
        for (long start = Grain.HOUR.floor(from); start < now; start += 3_600) {
            stale(Grain.HOUR, start);
        }
        stale(Grain.MINUTE, minute);
        stale(Grain.HOUR, hour + 86_400 * 300L);

        assertWhole("&step=all");
        assertWhole("&step=1h");
        assertWhole("&step=1m&group_by=model");
    }

    @Test
    void showsOpenWindowsAndRevisionsBeforeTheyAreStored() throws Exception {
        // The store is known to be whole only until before all of this.
        streamTime(now - 30);
        long open = now;
        var first = new Call(open + 1, "gpt-5", 100, false, 7, 5);
        var second = new Call(open + 2, "gpt-5", 200, true, 8, 6);
        publish(open, List.of(first), 1, false);
        publish(open, List.of(first, second), 2, false);
        publish(open, List.of(first), 1, false);
        Call known = calls.stream().max(Comparator.comparingLong(Call::second)).orElseThrow();
        var late = new Call(known.second, known.model, 50, false, 1_000, 1);
        List<Call> revised =
                new ArrayList<>(byWindow(Grain.TEN_SECONDS, calls).get(Grain.TEN_SECONDS.floor(known.second)));
        revised.add(late);
        publish(Grain.TEN_SECONDS.floor(known.second), revised, 2, true);
        calls.addAll(List.of(first, second, late));

        String range = "&from=" + Instant.ofEpochSecond(from) + "&to=" + Instant.ofEpochSecond(now + 10);
        // They come one after the other: the project's, then its models'.
        eventually().untilAsserted(() -> {
            for (String cube : List.of("", "&group_by=model")) {
                assertThat(sum(metrics("measures=spans" + cube + range), "spans"))
                        .isEqualTo(153);
            }
        });
        for (String step : List.of("10s", "1m", "1h", "1d", "all")) {
            JsonNode metrics = metrics("measures=spans,input_tokens,cost_usd&group_by=model&step=" + step + range);
            assertThat(sum(metrics, "input_tokens"))
                    .isEqualTo(calls.stream().mapToLong(Call::input).sum());
            assertThat(cost(metrics))
                    .isEqualTo(BigInteger.valueOf(
                            calls.stream().mapToLong(Call::costPico).sum()));
        }

        // Once stored, with a greater revision, the store's value counts.
        API.sql("delete from rollup_10s where project = ? and window_start = ?", tenant.project(), utc(known));
        write(Grain.TEN_SECONDS, Grain.TEN_SECONDS.floor(known.second), List.of(known), 3);
        assertThat(sum(metrics("measures=spans&step=10s" + range), "spans")).isEqualTo(153 - revised.size() + 1);
    }

    /** However far the ledger is: after a failure a checkpoint may be complete without windows that have long closed. */
    @Test
    void holdsAValueUntilTheJobsSayThatTheStoreHasIt() throws Exception {
        long start = now - 2 * 3_600;
        String window = "measures=spans&step=10s&from=" + Instant.ofEpochSecond(start) + "&to="
                + Instant.ofEpochSecond(start + 10);
        API.sql("delete from rollup_10s where project = ? and window_start = ?", tenant.project(), utc(start));
        List<Call> twice = List.of(call(start), call(start));
        List<Call> thrice = List.of(call(start), call(start), call(start));
        write(Grain.TEN_SECONDS, start, twice.subList(0, 1), 1);
        streamTime(now + 3_600);

        publish(start, twice, 2, true);
        mark(1, start + 600);
        eventually()
                .untilAsserted(() -> assertThat(sum(metrics(window), "spans")).isEqualTo(2));

        // What is read in order was read: the mark before it was one of an older value.
        mark(2, start + 9);
        publish(start, thrice, 3, true);
        eventually()
                .untilAsserted(() -> assertThat(sum(metrics(window), "spans")).isEqualTo(3));

        mark(4, start + 10);
        eventually()
                .untilAsserted(() -> assertThat(sum(metrics(window), "spans")).isEqualTo(1));
    }

    private static Call call(long second) {
        return new Call(second, "gpt-5", 100, false, 1, 1);
    }

    private static void mark(long n, long until) throws Exception {
        byte[] message = RollupMessage.newBuilder()
                .setEpoch(1)
                .setN(n)
                .setStored(StoredMarkMessage.newBuilder().setWriters(1).setUntilSeconds(until))
                .build()
                .toByteArray();
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        try (var producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topic.ROLLUPS.id(), message)).get();
        }
    }

    private static Object utc(long second) {
        return Facts.utc(Instant.ofEpochSecond(second));
    }

    private static Object utc(Call call) {
        return Facts.utc(Instant.ofEpochSecond(Grain.TEN_SECONDS.floor(call.second)));
    }

    private void publish(long start, List<Call> inWindow, long revision, boolean closed) throws Exception {
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        try (var producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            send(producer, Cube.PROJECT, List.of(), start, valueOf(inWindow), revision, closed);
            for (Map.Entry<String, List<Call>> model : inWindow.stream()
                    .collect(Collectors.groupingBy(Call::model))
                    .entrySet()) {
                List<String> dims = List.of("p", model.getKey());
                send(producer, Cube.MODEL, dims, start, valueOf(model.getValue()), revision, closed);
            }
        }
    }

    private void send(
            KafkaProducer<byte[], byte[]> producer,
            Cube cube,
            List<String> dims,
            long start,
            WindowValue value,
            long revision,
            boolean closed)
            throws Exception {
        UUID project = tenant.project();
        byte[] message = RollupMessage.newBuilder()
                .setProject(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(project.getMostSignificantBits())
                        .putLong(project.getLeastSignificantBits())
                        .array()))
                .setCube(cube.code())
                .addAllDims(dims)
                .setWindowStartSeconds(start)
                .setWindowSeconds(10)
                .setEpoch(1)
                .setN(revision)
                .setClosed(closed)
                .setValue(value.toMessage())
                .build()
                .toByteArray();
        producer.send(new ProducerRecord<>(Topic.ROLLUPS.id(), message)).get();
    }

    @Test
    void sumsGroupingsThatNoCubeHasFromTheJointSeries() throws SQLException {
        long minute = Grain.MINUTE.floor(now - 600);
        Map<String, Integer> spans = Map.of("llm", 3, "agent", 5, "tool", 7);
        for (Map.Entry<String, Integer> kind : spans.entrySet()) {
            String model = kind.getKey().equals("llm") ? "gpt-5" : "";
            var value = new WindowValue();
            for (int i = 0; i < kind.getValue(); i++) {
                value.span(1, false);
                value.request(1, i == 0, 100);
            }
            List<String> dims = List.of("prod", kind.getKey(), "", model, "step", "v1", "");
            write(Grain.MINUTE, Cube.JOINT, minute, dims, value, 1);
        }
        String range = "&step=1m&from=" + Instant.ofEpochSecond(minute) + "&to=" + Instant.ofEpochSecond(minute + 60);

        JsonNode byRelease = metrics("measures=spans&group_by=release,environment" + range);
        JsonNode byKind = metrics("measures=requests,error_rate&group_by=kind&release=v1" + range);
        JsonNode byModel = metrics("measures=spans&group_by=model&environment=prod" + range);

        assertThat(byRelease.get("series")).hasSize(1);
        assertThat(sum(byRelease, "spans")).isEqualTo(15);
        assertThat(byKind.get("series"))
                .extracting(series -> series.get("group").get("kind").asText()
                        + series.get("points").get(0).get("requests"))
                .containsExactlyInAnyOrder("llm3", "agent5", "tool7");
        assertThat(sum(byModel, "spans")).isEqualTo(3);
    }

    @Test
    void leavesEmptyWindowsOut() {
        JsonNode metrics = metrics("measures=spans&step=10s&from=now-30h&to=now-29h");

        assertThat(metrics.get("series")).isEmpty();
    }

    @Test
    void isExactWhileNothingIsKnownToBeStored() throws SQLException {
        API.sql("delete from ledger_progress");

        assertWhole("&step=all");

        streamTime(now + 30);
    }
}
