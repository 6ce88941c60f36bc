package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Deque<Runnable> endOfRound = new ArrayDeque<>();
    private final Deque<Runnable> nextRound = new ArrayDeque<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<Integer> begun = new ArrayList<>();
    private final List<Integer> held = new ArrayList<>();
    private final List<Integer> refused = new ArrayList<>();
    private long now = -5;
    private final Turns turns = new Turns(endOfRound::add, nextRound::add, () -> now, waiting);

    private class Numbered implements Turns.Arrival {
        private final int number;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        public void begin() {
            begun.add(number);
        }

        @Override
        public void hold() {
            held.add(number);
        }

        @Override
        public void refuse() {
            refused.add(number);
        }
    }

    private void arrive(int from, int to) {
        for (int i = from; i < to; i++) {
            turns.take(new Numbered(i));
        }
    }

    @Test
    void aFewBeginAtOnceInEachRound() {
        for (int round = 0; round < 5; round++) {
            arrive(32 * round, 32 * round + 32);
            assertThat(begun).hasSize(32 * round + 32);
            endOfRound.remove().run();
        }
        assertThat(held).isEmpty();
        assertThat(endOfRound).isEmpty();
        assertThat(nextRound).isEmpty();
    }

    @Test
    void moreWaitAndBeginInTheirOrder() {
        arrive(0, 100);
        assertThat(begun).hasSize(32);
        assertThat(held).hasSize(68);
        assertThat(waiting).hasValue(68);

        endOfRound.remove().run();
        arrive(100, 101);
        assertThat(begun).as("nobody goes before those that wait").hasSize(32);

        while (!nextRound.isEmpty()) {
            assertThat(nextRound).hasSize(1);
            int before = begun.size();
            nextRound.remove().run();
            assertThat(begun.size() - before).isLessThanOrEqualTo(32);
        }
        assertThat(begun).hasSize(101).isSorted();
        assertThat(waiting).hasValue(0);
        assertThat(refused).isEmpty();
    }

    @Test
    void whoWaitsTooLongIsRefused() {
        arrive(0, 33);
        now += Duration.ofSeconds(1).toNanos();
        arrive(33, 34);
        now++;
        nextRound.remove().run();

        assertThat(refused).containsExactly(32);
        assertThat(begun).hasSize(33).endsWith(33);
    }

    @Test
    void oneTooManyIsRefusedAtOnce() {
        waiting.set(999);
        arrive(0, 34);
        assertThat(held).containsExactly(32);
        assertThat(refused).containsExactly(33);
        assertThat(waiting).hasValue(1_000);
    }

    @Test
    void oneThatFailsHoldsUpNobody() {
        arrive(0, 32);
        turns.take(new Numbered(32) {
            @Override
            public void begin() {
                throw new IllegalStateException("as if");
            }
        });
        arrive(33, 35);
        assertThatThrownBy(() -> nextRound.remove().run()).hasMessage("as if");
        nextRound.remove().run();
        assertThat(begun).endsWith(33, 34);
    }
}
