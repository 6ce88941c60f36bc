package io.millrace.ingest.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.Trials;
import io.millrace.schema.id.TraceId;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.function.LongFunction;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BodySamplingTest {
    private static final BigInteger TRACES = BigInteger.TWO.pow(56);

    /** The table of docs/sampling.md, which was computed in another language. */
    @ParameterizedTest
    @CsvSource({
        "0af7651916cd43dd8448eb211c80319c, 0.9573955012",
        "4bf92f3577b34da6a3ce929d0e0e4736, 0.3992018224",
        "00000000000000000000000000000001, 0.1344021722",
        "ffffffffffffffffffffffffffffffff, 0.8700505844",
    })
    void aTraceIsInTheSampleFromItsRateOn(String trace, double rate) {
        TraceId id = TraceId.parse(new UUID(0, 0), trace);
        assertThat(keeps(new BodySampling(rate - 1e-9, true), id)).isFalse();
        assertThat(keeps(new BodySampling(rate + 1e-9, true), id)).isTrue();
    }

    @Test
    void agreesWithTheDefinitionInWholeNumbers() {
        var hash = XXHashFactory.safeInstance().hash64();
        Trials.run(10_000, random -> {
            TraceId id = new TraceId(random.nextLong(), random.nextLong());
            int thousandths = random.nextInt(1_001);
            byte[] bytes =
                    ByteBuffer.allocate(16).putLong(id.high()).putLong(id.low()).array();
            BigInteger traceNumber = new BigInteger(Long.toUnsignedString(hash.hash(bytes, 0, 16, 0))).mod(TRACES);
            BigInteger thousandTimesThreshold = TRACES.multiply(BigInteger.valueOf(1_000 - thousandths));

            assertThat(keeps(new BodySampling(thousandths / 1e3, true), id))
                    .isEqualTo(traceNumber.multiply(BigInteger.valueOf(1_000)).compareTo(thousandTimesThreshold) >= 0);
        });
    }

    @Test
    void noneAndAllAreExact() {
        BodySampling none = new BodySampling(0, true);
        Trials.run(1_000, random -> {
            TraceId id = new TraceId(random.nextLong(), random.nextLong());
            assertThat(keeps(none, id)).isFalse();
            assertThat(keeps(BodySampling.ALL, id)).isTrue();
        });
    }

    @Test
    void aLargerSampleHoldsEverySmallerOne() {
        Trials.run(5_000, random -> {
            TraceId id = new TraceId(random.nextLong(), random.nextLong());
            double rate = random.nextDouble();
            double larger = rate + (1 - rate) * random.nextDouble();
            if (keeps(new BodySampling(rate, true), id)) {
                assertThat(keeps(new BodySampling(larger, true), id)).isTrue();
            }
        });
    }

    /** Ids of SDKs: counters, times in front (UUIDv7), a few random bits. Six standard deviations of a fair draw. */
    @Test
    void theShareIsThatOfTheRateWhateverTheIdsLookLike() {
        LongFunction<TraceId> counters = n -> new TraceId(0, n + 1);
        LongFunction<TraceId> timesInFront =
                n -> new TraceId(0x0197_0000_0000_7000L + (n << 16), 0x8000_0000_0000_0000L);
        LongFunction<TraceId> textIds = n -> TraceId.parse(new UUID(7, 7), "chat-" + n);
        for (LongFunction<TraceId> ids : List.of(counters, timesInFront, textIds)) {
            for (double rate : new double[] {0.01, 0.1, 0.5, 0.9}) {
                BodySampling sampling = new BodySampling(rate, true);
                int traces = 20_000;
                int kept = 0;
                for (long n = 0; n < traces; n++) {
                    kept += keeps(sampling, ids.apply(n)) ? 1 : 0;
                }
                double deviation = Math.sqrt(traces * rate * (1 - rate));
                assertThat((double) kept).isBetween(traces * rate - 6 * deviation, traces * rate + 6 * deviation);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 1.001, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateIsFromZeroToOne(double rate) {
        assertThatThrownBy(() -> new BodySampling(rate, true)).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean keeps(BodySampling sampling, TraceId id) {
        return sampling.keeps(id.high(), id.low());
    }
}
