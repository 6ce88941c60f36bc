package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class QuantileSketchProperties {
    record Addition(double value, long times) {
        void addTo(QuantileSketch sketch) {
            sketch.add(value, times);
        }
    }

    @Provide
    Arbitrary<List<Addition>> additions() {
        Arbitrary<Double> values = Arbitraries.oneOf(
                Arbitraries.just(0.0),
                Arbitraries.doubles().between(0, 100_000).ofScale(3),
                Arbitraries.integers().between(-40, 60).map(exponent -> Math.scalb(1.37, exponent)),
                Arbitraries.of(1e-10, 1e-9, 1e15, 1e300));
        Arbitrary<Long> times = Arbitraries.oneOf(
                Arbitraries.longs().between(-3, 12),
                Arbitraries.longs().between(-1_000_000_000_000L, 1_000_000_000_000L));
        return Combinators.combine(values, times).as(Addition::new).list().ofMaxSize(60);
    }

    @Property
    void mergingTakesAnyOrder(@ForAll("additions") List<Addition> left, @ForAll("additions") List<Addition> right) {
        QuantileSketch leftFirst = sketchOf(left);
        leftFirst.merge(sketchOf(right));
        QuantileSketch rightFirst = sketchOf(right);
        rightFirst.merge(sketchOf(left));

        assertThat(leftFirst).isEqualTo(rightFirst).hasSameHashCodeAs(rightFirst);
        assertThat(leftFirst.encode()).isEqualTo(rightFirst.encode());
    }

    @Property
    void mergingTakesAnyGrouping(
            @ForAll("additions") List<Addition> a,
            @ForAll("additions") List<Addition> b,
            @ForAll("additions") List<Addition> c) {
        QuantileSketch leftToRight = sketchOf(a);
        leftToRight.merge(sketchOf(b));
        leftToRight.merge(sketchOf(c));
        QuantileSketch tail = sketchOf(b);
        tail.merge(sketchOf(c));
        QuantileSketch rightToLeft = sketchOf(a);
        rightToLeft.merge(tail);

        assertThat(leftToRight.encode()).isEqualTo(rightToLeft.encode());
    }

    @Property
    void mergingIsAddingAllInAnyOrder(
            @ForAll("additions") List<Addition> left, @ForAll("additions") List<Addition> right, @ForAll long seed) {
        QuantileSketch merged = sketchOf(left);
        merged.merge(sketchOf(right));
        List<Addition> all = new ArrayList<>(left);
        all.addAll(right);
        Collections.shuffle(all, new Random(seed));

        assertThat(merged.encode()).isEqualTo(sketchOf(all).encode());
        assertThat(merged.count())
                .isEqualTo(all.stream().mapToLong(Addition::times).sum());
    }

    @Property
    void whatIsTakenBackLeavesNoByte(
            @ForAll("additions") List<Addition> kept, @ForAll("additions") List<Addition> gone, @ForAll long seed) {
        List<Addition> all = new ArrayList<>(kept);
        all.addAll(gone);
        gone.forEach(addition -> all.add(new Addition(addition.value(), -addition.times())));
        Collections.shuffle(all, new Random(seed));

        assertThat(sketchOf(all).encode()).isEqualTo(sketchOf(kept).encode());
    }

    @Property
    void subtractingUndoesMerging(@ForAll("additions") List<Addition> kept, @ForAll("additions") List<Addition> gone) {
        QuantileSketch sketch = sketchOf(kept);
        sketch.merge(sketchOf(gone));
        sketch.subtract(sketchOf(gone));

        assertThat(sketch).isEqualTo(sketchOf(kept));
        assertThat(sketch.encode()).isEqualTo(sketchOf(kept).encode());
    }

    @Property
    void comesBackFromItsBytes(@ForAll("additions") List<Addition> additions) {
        QuantileSketch sketch = sketchOf(additions);
        QuantileSketch decoded = QuantileSketch.decode(sketch.encode());

        assertThat(decoded).isEqualTo(sketch).hasSameHashCodeAs(sketch);
        assertThat(decoded.count()).isEqualTo(sketch.count());
        assertThat(decoded.isEmpty()).isEqualTo(sketch.isEmpty());
        assertThat(Double.valueOf(decoded.quantile(0.9))).isEqualTo(Double.valueOf(sketch.quantile(0.9)));
    }

    @Property
    void otherContentHasOtherBytes(@ForAll("additions") List<Addition> additions) {
        QuantileSketch more = sketchOf(additions);
        more.add(333);

        assertThat(more.encode()).isNotEqualTo(sketchOf(additions).encode());
        assertThat(more).isNotEqualTo(sketchOf(additions));
    }

    @Property
    void bytesAreRefusedOrTheOnlyOnesOfTheirContent(@ForAll byte[] bytes) {
        assertRefusedOrCanonical(bytes);
    }

    @Property
    void damagedBytesAreRefusedOrTheOnlyOnesOfTheirContent(
            @ForAll("additions") List<Addition> additions, @ForAll long seed) {
        byte[] bytes = sketchOf(additions).encode().clone();
        Random random = new Random(seed);
        for (int i = 0; i < 3 && bytes.length > 0; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }

        assertRefusedOrCanonical(bytes);
    }

    @Property(tries = 20)
    void longGarbageEndsSoon(@ForAll long seed) {
        byte[] bytes = new byte[1_000_000];
        new Random(seed).nextBytes(bytes);
        bytes[0] = 1;

        assertThat(catchThrowable(() -> QuantileSketch.decode(bytes))).isInstanceOf(IllegalArgumentException.class);
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
