package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.wire.WindowValueMessage;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class WindowValueTest {
    private static final Usage CALL = Usage.of(new long[] {1_000, 200, 0, 0, 0, 0, 90, 10});

    private final WindowValue value = new WindowValue();

    @Test
    void nothingIsZeroAndHasNoBytes() {
        assertThat(value.isZero()).isTrue();
        assertThat(value.encode()).isEmpty();
        assertThat(value.costPico()).isZero();
        assertThat(value.latency().isEmpty()).isTrue();
    }

    @Test
    void countsWhatASpanContributes() {
        value.span(1, true);
        value.request(1, true, 812.5);
        value.usage(1, CALL, true, 4_200_000);
        value.usage(1, Usage.ZERO, false, 77);
        value.firstToken(1, 120);
        value.throughput(1, 45);
        value.trace(1);
        value.traceCost(1, 4.2);

        assertThat(value.spans()).isEqualTo(1);
        assertThat(value.errors()).isEqualTo(1);
        assertThat(value.requests()).isEqualTo(1);
        assertThat(value.requestErrors()).isEqualTo(1);
        assertThat(value.traces()).isEqualTo(1);
        assertThat(value.counted()).isEqualTo(2);
        assertThat(value.unpriced()).isEqualTo(1);
        assertThat(value.tokens(UsageBucket.INPUT_CACHE_READ)).isEqualTo(200);
        assertThat(value.inputTokens()).isEqualTo(1_200);
        assertThat(value.outputTokens()).isEqualTo(100);
        assertThat(value.costPico()).isEqualTo(4_200_000);
        assertThat(value.latency().quantile(0.5)).isCloseTo(812.5, within(8.125));
        assertThat(value.timeToFirstToken().quantile(0.5)).isCloseTo(120, within(1.2));
        assertThat(value.tokensPerSecond().quantile(0.5)).isCloseTo(45, within(0.45));
        assertThat(value.traceCost().quantile(0.5)).isCloseTo(4.2, within(0.042));
    }

    @Test
    void whatIsTakenBackLeavesNoTrace() {
        for (long sign : new long[] {1, -1}) {
            value.span(sign, true);
            value.request(sign, true, 812.5);
            value.usage(sign, CALL, true, Long.MAX_VALUE);
            value.usage(sign, CALL, true, Long.MAX_VALUE);
            value.usage(sign, CALL, false, 0);
            value.firstToken(sign, 120);
            value.throughput(sign, 45);
            value.trace(sign);
            value.traceCost(sign, 4.2);
            assertThat(value.isZero()).isEqualTo(sign == -1);
        }

        assertThat(value).isEqualTo(new WindowValue());
        assertThat(value.encode()).isEmpty();
    }

    @Test
    void costsPastALongStayExact() {
        for (int i = 0; i < 5; i++) {
            value.usage(1, Usage.ZERO, true, Long.MAX_VALUE);
        }
        value.merge(value);
        BigInteger expected = new BigInteger("92233720368547758070");

        assertThat(value.costPico()).isEqualTo(expected);
        assertThat(WindowValue.decode(value.encode())).isEqualTo(value);

        value.usage(-8, Usage.ZERO, true, Long.MAX_VALUE);
        value.usage(-2, Usage.ZERO, true, Long.MAX_VALUE);
        assertThat(value.costPico()).isZero();
    }

    @Test
    void theLeastLongCanBeTakenBack() {
        value.usage(-1, Usage.ZERO, true, Long.MIN_VALUE);

        assertThat(value.costPico()).isEqualTo(new BigInteger("9223372036854775808"));
    }

    @Test
    void theWayToASumDoesNotShow() {
        value.usage(1, Usage.ZERO, true, Long.MAX_VALUE);
        value.usage(1, Usage.ZERO, true, 10);
        value.usage(-1, Usage.ZERO, true, Long.MAX_VALUE);
        value.usage(0, Usage.ZERO, true, 0);
        WindowValue direct = new WindowValue();
        direct.usage(1, Usage.ZERO, true, 10);

        assertThat(value).isEqualTo(direct).hasSameHashCodeAs(direct);
        assertThat(value.encode()).isEqualTo(direct.encode());
    }

    @Test
    void eachPartIsMergedAlone() {
        WindowValue joint = full();
        WindowValue counts = new WindowValue();
        counts.mergeCounts(joint);
        assertThat(counts).isEqualTo(WindowValue.builder().spans(3).errors(1).build());

        WindowValue requests = new WindowValue();
        requests.mergeRequests(joint);
        assertThat(requests)
                .isEqualTo(WindowValue.builder()
                        .requests(2)
                        .requestErrors(1)
                        .latency(joint.latency().encode())
                        .build());

        WindowValue usage = new WindowValue();
        usage.mergeUsage(joint);
        assertThat(usage)
                .isEqualTo(WindowValue.builder()
                        .counted(2)
                        .unpriced(1)
                        .tokens(UsageBucket.INPUT, 2_000)
                        .tokens(UsageBucket.INPUT_CACHE_READ, 400)
                        .tokens(UsageBucket.OUTPUT, 180)
                        .tokens(UsageBucket.OUTPUT_REASONING, 20)
                        .costPico(BigInteger.valueOf(31))
                        .timeToFirstToken(joint.timeToFirstToken().encode())
                        .tokensPerSecond(joint.tokensPerSecond().encode())
                        .build());

        WindowValue traces = new WindowValue();
        traces.mergeTraces(joint);
        assertThat(traces)
                .isEqualTo(WindowValue.builder()
                        .traces(1)
                        .traceCost(joint.traceCost().encode())
                        .build());
    }

    @Test
    void aRefusedMeasurementChangesNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> value.request(1, true, Double.NaN));

        assertThat(value.isZero()).isTrue();
    }

    @Test
    void aMergedValueStaysIndependent() {
        WindowValue source = full();
        WindowValue before = source.copy();
        value.merge(source);
        value.request(1, false, 5);
        value.firstToken(1, 5);

        assertThat(source).isEqualTo(before);
        assertThat(value).isNotEqualTo(before);
    }

    @Test
    void theMessageIsThatOfTheContract() throws Exception {
        WindowValueMessage message = WindowValueMessage.parseFrom(full().encode());

        assertThat(message.getSpans()).isEqualTo(3);
        assertThat(message.getErrors()).isEqualTo(1);
        assertThat(message.getRequests()).isEqualTo(2);
        assertThat(message.getRequestErrors()).isEqualTo(1);
        assertThat(message.getTraces()).isEqualTo(1);
        assertThat(message.getCounted()).isEqualTo(2);
        assertThat(message.getUnpriced()).isEqualTo(1);
        assertThat(message.getUsageList()).containsExactly(2_000L, 400L, 0L, 0L, 0L, 0L, 180L, 20L);
        assertThat(message.getCostPico()).isEqualTo(ByteString.copyFrom(new byte[] {31}));
        assertThat(QuantileSketch.decode(message.getLatency().toByteArray()).count())
                .isEqualTo(2);
    }

    @Test
    void refusesMessagesThatMakeNoSense() {
        WindowValueMessage.Builder tooManyBuckets = WindowValueMessage.newBuilder();
        for (int i = 0; i <= UsageBucket.COUNT; i++) {
            tooManyBuckets.addUsage(i);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> WindowValue.of(tooManyBuckets.build()));

        WindowValueMessage hugeCost = WindowValueMessage.newBuilder()
                .setCostPico(ByteString.copyFrom(new byte[100_000]))
                .build();
        assertThatIllegalArgumentException().isThrownBy(() -> WindowValue.of(hugeCost));

        WindowValueMessage noSketch = WindowValueMessage.newBuilder()
                .setLatency(ByteString.copyFromUtf8("latency"))
                .build();
        assertThatIllegalArgumentException().isThrownBy(() -> WindowValue.of(noSketch));

        assertThatIllegalArgumentException().isThrownBy(() -> WindowValue.decode(new byte[] {1, 2, 3}));
    }

    private static WindowValue full() {
        WindowValue full = new WindowValue();
        full.span(1, false);
        full.span(1, true);
        full.span(1, false);
        full.request(1, false, 40);
        full.request(1, true, 4_000);
        full.usage(1, CALL, true, 31);
        full.usage(1, CALL, false, 0);
        full.firstToken(1, 220);
        full.throughput(1, 61.5);
        full.trace(1);
        full.traceCost(1, 812);
        return full;
    }
}
