package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final UUID FLOOD = new UUID(0, 1);
    private static final UUID NEIGHBOUR = new UUID(0, 2);

    private final Deque<Runnable> endOfRound = new ArrayDeque<>();
    private final Deque<Runnable> nextRound = new ArrayDeque<>();
    private final WaitingRoom waiting = new WaitingRoom();
    private final List<Integer> begun = new ArrayList<>();
    private final List<Integer> held = new ArrayList<>();
    private final List<Integer> refused = new ArrayList<>();
    private long now = -5;
    private int bytes;
    private final Turns turns = new Turns(endOfRound::add, nextRound::add, () -> now, waiting);

    private class Numbered implements Turns.Arrival {
        private final int number;
        private final int held = bytes;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        public void begin() {
            begun.add(number);
        }

        @Override
        public void hold() {
            TurnsTest.this.held.add(number);
        }

        @Override
        public void refuse() {
            refused.add(number);
        }

        @Override
        public int bytes() {
            return held;
        }
    }

    /** Those that wait at other loops. */
    private void elsewhere(int requests) {
        for (int i = 0; i < requests; i++) {
            waiting.enter(0);
        }
    }

    private void arrive(int from, int to) {
        arrive(FLOOD, from, to);
    }

    private void arrive(UUID project, int from, int to) {
        for (int i = from; i < to; i++) {
            turns.take(project, new Numbered(i));
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
        assertThat(waiting.requests()).isEqualTo(68);

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
        assertThat(waiting.requests()).isEqualTo(0);
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
        elsewhere(980);
        arrive(0, 54);
        assertThat(held).hasSize(20).startsWith(32).endsWith(51);
        assertThat(refused).containsExactly(52, 53);
        assertThat(waiting.requests()).isEqualTo(1_000);
    }

    @Test
    void thoseThatWaitHoldNoMoreThanTheirShareOfMemory() {
        bytes = 60 << 10;
        arrive(0, 900);
        assertThat(held).as("48 MiB").hasSize(819);
        assertThat(refused).hasSize(900 - 32 - 819);

        bytes = 200 << 10;
        int before = refused.size();
        arrive(NEIGHBOUR, 900, 901);
        assertThat(held).endsWith(900);
        assertThat(refused.size() - before)
                .as("with 12 KiB that are free, four of less than a third")
                .isEqualTo(4);
        while (!nextRound.isEmpty()) {
            nextRound.remove().run();
        }
        bytes = 1;
        endOfRound.remove().run();
        arrive(1_000, 2_500);
        assertThat(waiting.requests()).isEqualTo(1_000);
    }

    @Test
    void fewerWaitIfTheyAreLarge() {
        bytes = 64 << 10;
        arrive(0, 500);
        assertThat(held).hasSize(256);
        bytes = 1 << 10;
        arrive(500, 1_500);
        assertThat(waiting.requests()).isEqualTo(1_000);
    }

    @Test
    void aFewHavePlacesHoweverManyWaitElsewhere() {
        elsewhere(1_000);
        arrive(0, 50);
        assertThat(held).hasSize(16);
        assertThat(refused).containsExactly(48, 49);
    }

    @Test
    void projectsTakeTurnsHoweverManyOfOneWait() {
        arrive(0, 500);
        arrive(NEIGHBOUR, 500, 510);
        nextRound.remove().run();
        assertThat(begun.subList(32, 64)).filteredOn(number -> number >= 500).hasSize(10);
        assertThat(refused).isEmpty();
    }

    @Test
    void theLongestQueueGivesUpItsLastPlaceForWhoHasLess() {
        arrive(0, 1_032);
        assertThat(waiting.requests()).isEqualTo(1_000);

        arrive(NEIGHBOUR, 2_000, 2_002);
        assertThat(refused).containsExactly(1_031, 1_030);
        assertThat(held).endsWith(2_000, 2_001);
        arrive(1_032, 1_033);
        assertThat(refused).as("the longest queue has no more").endsWith(1_032);
        assertThat(waiting.requests()).isEqualTo(1_000);

        nextRound.remove().run();
        assertThat(begun).contains(2_000, 2_001);
    }

    @Test
    void projectsThatAllWantMoreComeOutEven() {
        for (int i = 0; i < 3_000; i++) {
            // One arrival in three is the neighbour's.
            turns.take(i % 3 == 0 ? NEIGHBOUR : FLOOD, new Numbered(i));
        }
        held.removeAll(refused);
        assertThat(held).hasSize(1_000);
        assertThat(held).filteredOn(number -> number % 3 == 0).hasSizeBetween(499, 501);
        assertThat(waiting.requests()).isEqualTo(1_000);
    }

    @Test
    void nothingIsLeftOfWhoWaited() {
        arrive(0, 40);
        arrive(NEIGHBOUR, 40, 45);
        while (!nextRound.isEmpty()) {
            nextRound.remove().run();
        }
        assertThat(begun).hasSize(45);
        assertThat(waiting.requests()).isEqualTo(0);
        assertThat(turns).extracting("queues", InstanceOfAssertFactories.MAP).isEmpty();
    }

    @Test
    void oneThatFailsHoldsUpNobody() {
        arrive(0, 32);
        turns.take(FLOOD, new Numbered(32) {
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
