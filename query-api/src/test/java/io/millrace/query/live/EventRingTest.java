package io.millrace.query.live;

import static io.millrace.query.live.Events.OURS;
import static io.millrace.query.live.Events.THEIRS;
import static io.millrace.query.live.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.query.live.EventRing.Slice;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EventRingTest {
    private final EventRing<String> ring = new EventRing<>(4, 1_000);

    private static List<Long> offsets(Slice<String> slice) {
        return slice.events().stream().map(LiveEvent::offset).toList();
    }

    private void fill(long from, long to) {
        LongStream.range(from, to).forEach(offset -> ring.add(event("a", offset)));
    }

    @Test
    void isNotOpenBeforeItKnowsWhereItBegins() {
        assertThat(ring.isOpen()).isFalse();

        ring.begin(new long[] {7});

        assertThat(ring.isOpen()).isTrue();
        assertThat(ring.end()).containsExactly(7);
    }

    @Test
    void givesWhatIsBehindAPosition() {
        ring.begin(new long[] {10});
        fill(10, 13);

        Slice<String> slice = ring.read(OURS, 0, new long[] {11}, 100);

        assertThat(offsets(slice)).containsExactly(11L, 12L);
        assertThat(slice.positions()).containsExactly(13);
        assertThat(slice.last()).isTrue();
        assertThat(slice.behind()).isFalse();
    }

    @Test
    void goesOnWhereASliceEnded() {
        ring.begin(new long[] {0});
        fill(0, 4);
        Slice<String> first = ring.read(OURS, 0, new long[] {0}, 3);

        Slice<String> second = ring.read(OURS, first.sequence(), first.positions(), 3);

        assertThat(offsets(first)).containsExactly(0L, 1L, 2L);
        assertThat(first.last()).isFalse();
        assertThat(offsets(second)).containsExactly(3L);
        assertThat(second.last()).isTrue();
    }

    @Test
    void saysThatAPositionIsTooOldOnceTheOldestMadeRoom() {
        ring.begin(new long[] {0});
        fill(0, 9);

        assertThat(ring.size()).isEqualTo(4);
        assertThat(ring.read(OURS, 0, new long[] {4}, 100).behind()).isTrue();
        assertThat(offsets(ring.read(OURS, 0, new long[] {5}, 100))).containsExactly(5L, 6L, 7L, 8L);
    }

    @Test
    void isBoundedInBytes() {
        EventRing<String> small = new EventRing<>(100, 250);
        small.begin(new long[] {0});
        LongStream.range(0, 50).forEach(offset -> small.add(event("a", offset)));

        assertThat(small.size()).isEqualTo(2);
        assertThat(small.bytes()).isEqualTo(200);
        assertThat(small.read(OURS, 0, new long[] {47}, 100).behind()).isTrue();
    }

    @Test
    void keepsTheNewestHoweverLargeItIs() {
        EventRing<String> tiny = new EventRing<>(100, 1);
        tiny.begin(new long[] {0});

        tiny.add(event("a", 0));
        tiny.add(event("a", 1));

        assertThat(tiny.size()).isEqualTo(1);
        assertThat(offsets(tiny.read(OURS, 0, new long[] {1}, 100))).containsExactly(1L);
    }

    @Test
    void showsAProjectItsOwnAndPassesTheRest() {
        ring.begin(new long[] {0});
        ring.add(event(THEIRS, "a", 1, 0, 0));
        ring.add(event(OURS, "a", 1, 0, 1));
        ring.add(event(THEIRS, "a", 2, 0, 2));

        Slice<String> slice = ring.read(OURS, 0, new long[] {0}, 100);

        assertThat(offsets(slice)).containsExactly(1L);
        assertThat(slice.positions()).containsExactly(3);
    }

    @Test
    void knowsEachPartitionByItself() {
        ring.begin(new long[] {5, 50});
        ring.add(event(OURS, "a", 1, 0, 5));
        ring.add(event(OURS, "b", 1, 1, 50));
        ring.add(event(OURS, "a", 2, 0, 6));

        assertThat(offsets(ring.read(OURS, 0, new long[] {6, 50}, 100))).containsExactly(50L, 6L);
        assertThat(ring.read(OURS, 0, new long[] {6, 49}, 100).behind()).isTrue();
    }

    @Test
    void passesRecordsThatAreNoEvents() {
        ring.begin(new long[] {0});
        ring.add(event("a", 0));
        ring.passed(0, 5);

        assertThat(ring.read(OURS, 0, new long[] {0}, 100).positions()).containsExactly(5);
        assertThat(ring.isBeyond(new long[] {4})).isTrue();
        assertThat(ring.isBeyond(new long[] {5})).isFalse();
    }

    @Test
    void takesNothingTwice() {
        ring.begin(new long[] {0});
        fill(0, 3);
        fill(1, 4);

        assertThat(offsets(ring.read(OURS, 0, new long[] {0}, 100))).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void forgetsAllWhenItBeginsAnew() {
        ring.begin(new long[] {0});
        fill(0, 3);

        ring.begin(new long[] {20});

        assertThat(ring.size()).isZero();
        assertThat(ring.bytes()).isZero();
        assertThat(ring.read(OURS, 3, new long[] {3}, 100).behind()).isTrue();
        ring.add(event("a", 20));
        assertThat(offsets(ring.read(OURS, 0, new long[] {20}, 100))).containsExactly(20L);
    }
}
