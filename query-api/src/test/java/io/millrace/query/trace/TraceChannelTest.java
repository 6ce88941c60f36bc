package io.millrace.query.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.live.LiveEvent;
import io.millrace.query.trace.TraceSummary.Figures;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.window.Revision;
import io.millrace.schema.wire.TraceMessage;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceChannelTest {
    private static final UUID PROJECT = new UUID(1, 2);
    private static final TraceId TRACE = new TraceId(3, 4);

    private final TraceChannel channel = new TraceChannel();

    private static ByteString bytes(UUID uuid) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array());
    }

    private static Usage usage() {
        long[] tokens = new long[UsageBucket.COUNT];
        tokens[0] = 10;
        return Usage.of(tokens);
    }

    private static TraceMessage.Builder message() {
        return TraceMessage.newBuilder()
                .setProject(bytes(PROJECT))
                .setTraceId(bytes(TRACE.uuid()))
                .setEpoch(5)
                .setN(6)
                .setState(1)
                .setError(true)
                .setStartNanos(1_000_000_000)
                .setEndNanos(3_000_000_000L)
                .setSpanCount(4)
                .setErrorCount(1)
                .setCountedSpans(2)
                .setUnpricedSpans(1)
                .setUsage(usage().toMessage())
                .setCostPico(ByteString.copyFrom(
                        BigInteger.valueOf(2_000_000_000_000L).toByteArray()))
                .setTimeToFirstTokenNanos(7_000_000)
                .setRootSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}))
                .setName("agent")
                .setUserId("u")
                .setEnvironment("prod")
                .addAllTags(List.of("a", "b"));
    }

    private LiveEvent<SaidTrace> decode(TraceMessage.Builder message) throws InvalidProtocolBufferException {
        return channel.decode(0, 9, message.build().toByteArray()).orElseThrow();
    }

    @Test
    void dataIsWhatTheListShows() throws Exception {
        TraceSummary row = new TraceSummary(
                TRACE,
                TraceState.COMPLETE,
                true,
                false,
                "agent",
                "u",
                null,
                "prod",
                null,
                null,
                List.of("a", "b"),
                SpanId.of(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}),
                new Figures(
                        1_000_000_000,
                        3_000_000_000L,
                        4,
                        1,
                        2,
                        1,
                        usage(),
                        BigInteger.valueOf(2_000_000_000_000L),
                        7_000_000L));

        LiveEvent<SaidTrace> event = decode(message());

        assertThat(channel.select(Map.of()).json(event.data()))
                .isEqualTo(new String(Json.write(row::write), StandardCharsets.UTF_8));
        assertThat(event.project()).isEqualTo(PROJECT);
        assertThat(event.entity()).isEqualTo(TRACE.toString());
        assertThat(event.revision()).isEqualTo(new Revision(0, 5, 6));
        assertThat(event.offset()).isEqualTo(9);
        assertThat(event.bytes()).isPositive();
    }

    @Test
    void unknownIsNullAndNeverZero() throws Exception {
        LiveEvent<SaidTrace> event =
                decode(message().clearCostPico().clearTimeToFirstTokenNanos().clearRootSpanId());

        assertThat(channel.select(Map.of()).json(event.data()))
                .contains("\"cost_usd\":null", "\"time_to_first_token_ms\":null", "\"root_span_id\":null");
    }

    @Test
    void leavesOutWhatIsNoTrace() throws Exception {
        assertThat(channel.decode(0, 0, message().clearProject().build().toByteArray()))
                .isEmpty();
        assertThatThrownBy(() -> channel.decode(0, 0, new byte[] {-1}))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "name, agent, other",
        "user_id, u, v",
        "environment, prod, test",
        "tag, b, c",
        "status, error, ok",
        "state, complete, live",
        "min_duration_ms, 2000, 2000.001",
        "min_cost_usd, 2, 2.000001",
    })
    void filtersByWhatATraceHas(String field, String matching, String other) throws Exception {
        SaidTrace trace = decode(message()).data();

        assertThat(channel.select(Map.of(field, List.of(matching))).takes(trace))
                .isTrue();
        assertThat(channel.select(Map.of(field, List.of(other))).takes(trace)).isFalse();
    }

    @Test
    void aTraceWithoutAValueMatchesNone() throws Exception {
        SaidTrace trace = decode(message().clearUserId().clearCostPico()).data();

        assertThat(channel.select(Map.of("user_id", List.of("u"))).takes(trace)).isFalse();
        assertThat(channel.select(Map.of("min_cost_usd", List.of("0"))).takes(trace))
                .isFalse();
    }

    @Test
    void refusesFiltersThatItHasNot() {
        for (String field : List.of("model", "grade", "q", "colour", "from")) {
            assertThatThrownBy(() -> channel.select(Map.of(field, List.of("x"))))
                    .isInstanceOf(Problem.class);
        }
    }
}
