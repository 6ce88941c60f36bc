package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.schema.Trials;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class QuantileSketchProperties {
    record Addition(double value, long times) {
        void addTo(QuantileSketch sketch) {
            sketch.add(value, times);
        }
    }

    private static List<Addition> additions(Random random) {
        return Trials.list(random, 60, any -> new Addition(value(any), times(any)));
    }

    private static double value(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> Trials.between(random, 0, 100_000_000) / 1e3;
            case 2 -> Math.scalb(1.37, (int) Trials.between(random, -40, 60));
            default -> Trials.oneOf(random, 1e-10, 1e-9, 1e15, 1e300);
        };
    }

    private static long times(Random random) {
        return random.nextBoolean()
                ? Trials.between(random, -3, 12)
                : Trials.between(random, -1_000_000_000_000L, 1_000_000_000_000L);
    }

    @Test
    void mergingTakesAnyOrder() {
        Trials.run(1_000, random -> {
            List<Addition> left = additions(random);
            List<Addition> right = additions(random);
            QuantileSketch leftFirst = sketchOf(left);
            leftFirst.merge(sketchOf(right));
            QuantileSketch rightFirst = sketchOf(right);
            rightFirst.merge(sketchOf(left));

            assertThat(leftFirst).isEqualTo(rightFirst).hasSameHashCodeAs(rightFirst);
            assertThat(leftFirst.encode()).isEqualTo(rightFirst.encode());
        });
    }

    @Test
    void mergingTakesAnyGrouping() {
        Trials.run(1_000, random -> {
            List<Addition> a = additions(random);
            List<Addition> b = additions(random);
            List<Addition> c = additions(random);
            QuantileSketch leftToRight = sketchOf(a);
            leftToRight.merge(sketchOf(b));
            leftToRight.merge(sketchOf(c));
            QuantileSketch tail = sketchOf(b);
            tail.merge(sketchOf(c));
            QuantileSketch rightToLeft = sketchOf(a);
            rightToLeft.merge(tail);

            assertThat(leftToRight.encode()).isEqualTo(rightToLeft.encode());
        });
    }

    @Test
    void mergingIsAddingAllInAnyOrder() {
        Trials.run(1_000, random -> {
            List<Addition> left = additions(random);
            List<Addition> right = additions(random);
            long seed = random.nextLong();
            QuantileSketch merged = sketchOf(left);
            merged.merge(sketchOf(right));
            List<Addition> all = new ArrayList<>(left);
            all.addAll(right);
            Collections.shuffle(all, new Random(seed));

            assertThat(merged.encode()).isEqualTo(sketchOf(all).encode());
            assertThat(merged.count())
                    .isEqualTo(all.stream().mapToLong(Addition::times).sum());
        });
    }

    @Test
    void whatIsTakenBackLeavesNoByte() {
        Trials.run(1_000, random -> {
            List<Addition> kept = additions(random);
            List<Addition> gone = additions(random);
            long seed = random.nextLong();
            List<Addition> all = new ArrayList<>(kept);
            all.addAll(gone);
            gone.forEach(addition -> all.add(new Addition(addition.value(), -addition.times())));
            Collections.shuffle(all, new Random(seed));

            assertThat(sketchOf(all).encode()).isEqualTo(sketchOf(kept).encode());
        });
    }

    @Test
    void subtractingUndoesMerging() {
        Trials.run(1_000, random -> {
            List<Addition> kept = additions(random);
            List<Addition> gone = additions(random);
            QuantileSketch sketch = sketchOf(kept);
            sketch.merge(sketchOf(gone));
            sketch.subtract(sketchOf(gone));

            assertThat(sketch).isEqualTo(sketchOf(kept));
            assertThat(sketch.encode()).isEqualTo(sketchOf(kept).encode());
        });
    }

    @Test
    void comesBackFromItsBytes() {
        Trials.run(1_000, random -> {
            List<Addition> additions = additions(random);
            QuantileSketch sketch = sketchOf(additions);
            QuantileSketch decoded = QuantileSketch.decode(sketch.encode());

            assertThat(decoded).isEqualTo(sketch).hasSameHashCodeAs(sketch);
            assertThat(decoded.count()).isEqualTo(sketch.count());
            assertThat(decoded.isEmpty()).isEqualTo(sketch.isEmpty());
            assertThat(Double.valueOf(decoded.quantile(0.9))).isEqualTo(Double.valueOf(sketch.quantile(0.9)));
        });
    }

    @Test
    void otherContentHasOtherBytes() {
        Trials.run(1_000, random -> {
            List<Addition> additions = additions(random);
            QuantileSketch more = sketchOf(additions);
            more.add(333);

            assertThat(more.encode()).isNotEqualTo(sketchOf(additions).encode());
            assertThat(more).isNotEqualTo(sketchOf(additions));
        });
    }

    @Test
    void bytesAreRefusedOrTheOnlyOnesOfTheirContent() {
        Trials.run(1_000, random -> {
            byte[] bytes = Trials.bytes(random, 64);
            assertRefusedOrCanonical(bytes);
        });
    }

    @Test
    void damagedBytesAreRefusedOrTheOnlyOnesOfTheirContent() {
        Trials.run(1_000, random -> {
            List<Addition> additions = additions(random);
            long seed = random.nextLong();
            byte[] bytes = sketchOf(additions).encode().clone();
            Random damage = new Random(seed);
            for (int i = 0; i < 3 && bytes.length > 0; i++) {
                bytes[damage.nextInt(bytes.length)] = (byte) damage.nextInt();
            }

            assertRefusedOrCanonical(bytes);
        });
    }

    @Test
    void longGarbageEndsSoon() {
        Trials.run(20, random -> {
            long seed = random.nextLong();
            byte[] bytes = new byte[1_000_000];
            new Random(seed).nextBytes(bytes);
            bytes[0] = 1;

            assertThat(catchThrowable(() -> QuantileSketch.decode(bytes))).isInstanceOf(IllegalArgumentException.class);
        });
    }

    private static void assertRefusedOrCanonical(byte[] bytes) {
        QuantileSketch decoded;
        try {
            decoded = QuantileSketch.decode(bytes);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(decoded.encode()).isEqualTo(bytes);
    }

    private static QuantileSketch sketchOf(List<Addition> additions) {
        QuantileSketch sketch = new QuantileSketch();
        additions.forEach(addition -> addition.addTo(sketch));
        return sketch;
    }
}
