package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.embedded.DataFolder;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What depends on the time of the log, on a stack of its own whose time is moved ahead by hand; in the end it is stopped
 * and started again. The steps build on each other, since time only moves ahead.
 */
@TestMethodOrder(OrderAnnotation.class)
class StreamTimeIT {
    /** Spans of the recorded request. */
    private static final int RECORDED = 6;

    private static Stack stack;
    private static StreamClock clock;
    private static Rows rows;

    private static Instant base;
    /** The log's time, as the test moved it ahead. */
    private static Instant told;

    private static Tenant skewed;
    private static Tenant silent;
    private static Tenant repeated;
    private static Tenant late;
    private static OtlpRequest onTime;
    private static String recordedTrace;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.in(Files.createTempDirectory("millrace-time-"));
        assertMetricsAreAnswered();
        clock = StreamClock.of(stack);
        rows = Rows.of(stack);
        skewed = tenant("skewed");
        silent = tenant("silent");
        repeated = tenant("repeated");
        late = tenant("late");
        base = Instant.now();
        recordedTrace = "5eed0000000000000000000000000001";
        onTime = OtlpRequest.newTrace().root(base).call(2, base, 100);
        late.send(late.otlpJson(onTime.json()));
    }

    /** The ready line promises that every part takes work: nothing here waits. */
    private static void assertMetricsAreAnswered() {
        Http.Answer answer = Http.get(stack.api().resolve("/v1/metrics?measures=spans"), stack.adminToken());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    /** With a key that the edge knows. */
    private static Tenant tenant(String name) {
        Tenant tenant = Tenant.of(stack, name);
        tenant.sendOnceKnown(tenant.otlpJson(OtlpRequest.newTrace().json()));
        return tenant;
    }

    @AfterAll
    static void stop() throws Exception {
        Path folder = stack.folder();
        disconnect();
        stack.close();
        SharedStack.delete(folder);
    }

    private static void disconnect() throws Exception {
        clock.close();
        rows.close();
    }

    @Test
    @Order(1)
    void aClientsClockADayAheadMovesNothingElse() {
        // Given
        Instant now = Instant.now();
        OtlpRequest ahead = OtlpRequest.newTrace().root(now.plus(Duration.ofDays(1)));
        OtlpRequest right = OtlpRequest.newTrace().root(now);
        Instant minuteAgo = now.minus(Duration.ofMinutes(1));
        OtlpRequest slow = OtlpRequest.newTrace().root(minuteAgo);

        // When
        skewed.send(skewed.otlpJson(ahead.json()));
        skewed.send(skewed.otlpJson(right.json()));
        skewed.send(skewed.otlpJson(slow.json()));

        // Then
        Tenant.eventually().untilAsserted(() -> {
            assertThat(marksOf(ahead)).contains("clock_skew");
            assertThat(marksOf(right)).doesNotContain("clock_skew");
            assertThat(
                            skewed
                                    .pointsOf("spans", "1d", now.minusSeconds(120), now.plus(Duration.ofDays(2)))
                                    .values()
                                    .stream()
                                    .mapToLong(Long::longValue)
                                    .sum())
                    .isEqualTo(3);
        });
        assertThat(skewed.total("spans", now.plus(Duration.ofHours(12)), now.plus(Duration.ofDays(2)))
                        .isMissingNode())
                .isTrue();
        // Had time moved, this window would be long closed, and a span of it the keeper's to count.
        Tenant.eventually()
                .untilAsserted(() -> assertThat(rows.spans("rollup_10s", skewed.project(), tenSeconds(minuteAgo)))
                        .isEqualTo(1));
        assertThat(rows.generation("rollup_10s", skewed.project(), tenSeconds(minuteAgo)))
                .isZero();
    }

    private static List<String> marksOf(OtlpRequest request) {
        JsonNode span = skewed.trace(request.trace()).required("spans").get(0);
        return StreamSupport.stream(span.required("marks").spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }

    @Test
    @Order(2)
    void aTopicThatGoesSilentClosesItsLastWindowWithinSevenSeconds() {
        // Given: a window so far ahead that no real tick closes it meanwhile, and not so far that its end is not
        // believed
        Instant end = Instant.now().plus(Duration.ofMinutes(4));
        Instant window = tenSeconds(end);
        OtlpRequest last = OtlpRequest.newTrace().root(end);
        silent.send(silent.otlpJson(last.json()));
        Tenant.eventually()
                .untilAsserted(() -> assertThat(silent.total("spans", window, window.plusSeconds(10))
                                .path("spans")
                                .asLong())
                        .isEqualTo(1));
        assertThat(rows.spans("rollup_10s", silent.project(), window)).isEqualTo(-1);

        // When
        told = window.plusSeconds(10 + 7);
        clock.tick(told);

        // Then
        Tenant.eventually()
                .untilAsserted(() -> assertThat(rows.spans("rollup_10s", silent.project(), window))
                        .isEqualTo(1));
        assertThat(rows.generation("rollup_10s", silent.project(), window)).isZero();
    }

    @Test
    @Order(3)
    void aRequestSentAgainIsCountedOnceWheneverItComes() {
        // Three at once: as a client that lost its patience would. They are read before the tick that follows them.
        HttpRequest request = recorded();
        List<CompletableFuture<Http.Answer>> answers =
                Stream.generate(() -> Http.begin(request)).limit(3).toList();
        answers.forEach(answer -> assertThat(answer.join().status()).isEqualTo(200));
        Instant settled = base.plus(Duration.ofMinutes(6));
        Instant later = told.plusSeconds(30);
        clock.tick(settled.isAfter(later) ? settled : later);
        Tenant.eventually()
                .untilAsserted(() -> assertThat(repeated.trace(recordedTrace)
                                .required("trace")
                                .required("state")
                                .textValue())
                        .isEqualTo("settled"));

        // A minute or two later, when the trace has settled.
        repeated.send(request);

        // Eleven minutes late: a minute after its window left the stream.
        moveTo(tenSeconds(base).plusSeconds(10).plus(Duration.ofMinutes(11)));
        assertThat(rows.generation("rollup_10s", late.project(), tenSeconds(base)))
                .isZero();
        late.send(late.otlpJson(
                OtlpRequest.of(onTime.trace()).call(4, base, 1_000).json()));

        // When it was let go of, and its windows are no longer the stream's.
        moveTo(base.plus(Duration.ofMinutes(26)));
        repeated.send(request);

        // Sent here, since the keeper takes its time: windows that the stream closed long ago get more spans.
        Instant tenDaysAgo = base.minus(Duration.ofDays(10));
        late.send(late.otlpJson(OtlpRequest.of(onTime.trace()).call(3, base, 11).json()));
        late.send(late.otlpJson(
                OtlpRequest.newTrace().root(tenDaysAgo).call(2, tenDaysAgo, 10).json()));

        assertCountedOnce(5);
    }

    private static HttpRequest recorded() {
        return Capture.of("otel-proto").request(repeated, recordedTrace, base);
    }

    /** Returns when a checkpoint says that the log's time is there. */
    private static void moveTo(Instant streamTime) {
        clock.tick(streamTime.plusSeconds(5));
        Tenant.eventually()
                .until(rows::streamTime, reached -> !reached.isBefore(streamTime.truncatedTo(ChronoUnit.SECONDS)));
    }

    private static void assertCountedOnce(int times) {
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = repeated.ledger();
            assertThat(ledger.required("accepted").longValue()).isEqualTo((long) times * RECORDED);
            assertThat(ledger.required("balanced").booleanValue())
                    .as(ledger.toString())
                    .isTrue();
            assertThat(ledger.required("in_flight").longValue()).isZero();
            assertThat(ledger.required("stored").longValue()).isEqualTo(RECORDED);
            assertThat(ledger.required("duplicate").longValue()).isEqualTo((times - 1L) * RECORDED);
        });
        JsonNode total = repeated.total(
                "spans,traces,errors,input_tokens,output_tokens,cost_usd", base.minusSeconds(60), base.plusSeconds(60));
        assertThat(total.path("spans").asLong()).isEqualTo(RECORDED);
        assertThat(total.required("traces").longValue()).isEqualTo(1);
        assertThat(total.required("errors").longValue()).isEqualTo(1);
        assertThat(total.required("input_tokens").longValue()).isEqualTo(130);
        assertThat(total.required("output_tokens").longValue()).isEqualTo(47);
        assertThat(total.required("cost_usd").textValue()).isEqualTo("0.0000384");
        assertThat(rows.facts(repeated.project())).isEqualTo(RECORDED);
    }

    @Test
    @Order(4)
    void spansOfClosedWindowsAreCountedThereAtEveryGrain() {
        assertLateSpansCounted();
        assertThat(rows.generation("rollup_10s", late.project(), tenSeconds(base)))
                .isPositive();
    }

    private static void assertLateSpansCounted() {
        Instant tenDaysAgo = base.minus(Duration.ofDays(10));
        Tenant.eventually().untilAsserted(() -> {
            assertThat(spansAt("10s", base)).isEqualTo(Map.of(tenSeconds(base), 4L));
            assertThat(spansAt("1m", base)).isEqualTo(Map.of(base.truncatedTo(ChronoUnit.MINUTES), 4L));
            assertThat(spansAt("1h", base)).isEqualTo(Map.of(base.truncatedTo(ChronoUnit.HOURS), 4L));
            assertThat(spansAt("1d", base)).isEqualTo(Map.of(day(base), 4L));
            assertThat(spansAt("1m", tenDaysAgo)).isEqualTo(Map.of(tenDaysAgo.truncatedTo(ChronoUnit.MINUTES), 2L));
            assertThat(spansAt("1h", tenDaysAgo)).isEqualTo(Map.of(tenDaysAgo.truncatedTo(ChronoUnit.HOURS), 2L));
            assertThat(spansAt("1d", tenDaysAgo)).isEqualTo(Map.of(day(tenDaysAgo), 2L));
        });
        Tenant.eventually().untilAsserted(() -> {
            assertThat(rows.spans("rollup_10s", late.project(), tenSeconds(base)))
                    .isEqualTo(4);
            for (Instant time : List.of(base, tenDaysAgo)) {
                long expected = time.equals(base) ? 4 : 2;
                assertThat(rows.spans("rollup_1m", late.project(), time.truncatedTo(ChronoUnit.MINUTES)))
                        .isEqualTo(expected);
                assertThat(rows.spans("rollup_1h", late.project(), time.truncatedTo(ChronoUnit.HOURS)))
                        .isEqualTo(expected);
                assertThat(rows.spans("rollup_1d", late.project(), day(time))).isEqualTo(expected);
            }
            assertThat(rows.marks(late.project())).isZero();
        });
        assertThat(late.total("input_tokens", base.minusSeconds(60), base.plusSeconds(60))
                        .required("input_tokens")
                        .longValue())
                .isEqualTo(1_111);
    }

    private static Map<Instant, Long> spansAt(String step, Instant time) {
        return late.pointsOf("spans", step, time.minusSeconds(1), time.plusSeconds(1));
    }

    @Test
    @Order(5)
    void stoppingLeavesNoProcessesAndAFolderThatAnybodyMayOpen() throws Exception {
        // Given
        ProcessHandle postgres = ProcessHandle.of(stack.told("postgres", "pid")).orElseThrow();
        List<ProcessHandle> children = ProcessHandle.current()
                .descendants()
                .filter(child -> isOf(postgres, child))
                .toList();
        assertThat(children).contains(postgres).hasSizeGreaterThan(1);
        disconnect();

        // When
        stack.close();

        // Then
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        DataFolder.open(stack.folder()).close();
    }

    /** Whether it is that process, a descendant of it, or what it was started through. */
    private static boolean isOf(ProcessHandle process, ProcessHandle child) {
        return child.equals(process)
                || child.descendants().anyMatch(process::equals)
                || process.descendants().anyMatch(child::equals);
    }

    @Test
    @Order(6)
    void afterARestartEverythingIsAsItWasAndARepetitionIsStillOne() {
        // When
        stack = Stack.in(stack.folder());
        assertMetricsAreAnswered();
        clock = StreamClock.of(stack);
        rows = Rows.of(stack);
        repeated = repeated.at(stack);
        late = late.at(stack);
        skewed = skewed.at(stack);

        Instant now = Instant.now();
        OtlpRequest next = OtlpRequest.newTrace().root(now).call(2, now, 5);
        repeated.send(recorded());
        skewed.send(skewed.otlpJson(next.json()));

        // Then
        assertCountedOnce(6);
        assertLateSpansCounted();
        Tenant.eventually().untilAsserted(() -> {
            assertThat(skewed.trace(next.trace()).required("spans")).hasSize(2);
            assertThat(skewed.total("input_tokens", now.minusSeconds(20), now.plusSeconds(20))
                            .path("input_tokens")
                            .asLong())
                    .isEqualTo(5);
        });
    }

    private static Instant tenSeconds(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond() / 10 * 10);
    }

    private static Instant day(Instant time) {
        return time.truncatedTo(ChronoUnit.DAYS);
    }
}
