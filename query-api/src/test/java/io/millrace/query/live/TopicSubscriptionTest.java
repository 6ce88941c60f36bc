package io.millrace.query.live;

import static io.millrace.query.live.Events.OURS;
import static io.millrace.query.live.Events.THEIRS;
import static io.millrace.query.live.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.query.live.Subscription.Progress;
import io.millrace.query.live.TopicHistory.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** One partition, whose log is a list: the index is the offset. */
class TopicSubscriptionTest {
    private static final int MANY = 1_000_000;

    private final ManualLoop loop = new ManualLoop();
    private final List<LiveEvent<String>> log = new ArrayList<>();
    private final LiveFigures figures = new LiveFigures();
    private EventRing<String> ring = new EventRing<>(8, 1 << 20);
    /** Records before this offset are gone. */
    private long retained;

    private int reads;
    private boolean away;
    private FakeLink link = new FakeLink();

    /** Takes as much as it has room for. */
    private final class FakeLink implements Link {
        final List<Said> said = new ArrayList<>();
        final List<String> cursors = new ArrayList<>();
        int room = Integer.MAX_VALUE;
        boolean reading;
        TopicSubscription<String> subscription;

        @Override
        public void say(String json, String cursor) {
            said.add(Said.of(json));
            cursors.add(cursor);
            room--;
        }

        @Override
        public boolean isFull() {
            return room <= 0;
        }

        @Override
        public void wake() {
            loop.execute(() -> subscription.pump(MANY));
        }

        @Override
        public void wakeAfter(long millis) {
            loop.after(millis, this::wake);
        }

        @Override
        public void execute(Runnable work) {
            loop.execute(work);
        }

        @Override
        public boolean beginReading() {
            boolean may = !reading;
            reading = true;
            return may;
        }

        @Override
        public void endReading() {
            reading = false;
        }

        List<String> briefly() {
            return said.stream().map(Said::brief).toList();
        }
    }

    private Batch<String> read(UUID project, long[] positions) {
        reads++;
        if (away) {
            throw new KafkaException("away");
        }
        if (positions[0] < retained || positions[0] > log.size()) {
            return new Batch<>(List.of(), new long[] {retained}, true);
        }
        List<LiveEvent<String>> events = log.subList((int) positions[0], (int) Math.min(log.size(), positions[0] + 3));
        long next = positions[0] + events.size();
        return new Batch<>(
                events.stream().filter(event -> event.project().equals(project)).toList(), new long[] {next}, false);
    }

    private void append(UUID project, String entity, long n) {
        LiveEvent<String> event = event(project, entity, n, 0, log.size());
        log.add(event);
        ring.add(event);
    }

    /** States of our own, numbered by their offsets. */
    private void append(String... entities) {
        for (String entity : entities) {
            append(OURS, entity, log.size());
        }
    }

    private TopicSubscription<String> subscribe(boolean conflated, String filter, Optional<Long> after) {
        if (!ring.isOpen()) {
            ring.begin(new long[] {0});
        }
        Optional<String> cursor = after.map(offset -> LiveCursor.encode(Channel.TRACES, new long[] {offset}));
        LiveRequest request = new LiveRequest("a", Channel.TRACES, Map.of(), cursor);
        var selection = new Decoder.Selection<String>() {
            @Override
            public boolean takes(String data) {
                return data.contains(filter);
            }

            @Override
            public String json(String data) {
                return data;
            }
        };
        var parts = new TopicSubscription.Parts<>(ring, this::read, Runnable::run, loop::millis, figures);
        long[] positions = after.map(offset -> new long[] {offset}).orElse(ring.end());
        var subscription = new TopicSubscription<>(request, OURS, positions, conflated, selection, link, parts);
        link.subscription = subscription;
        return subscription;
    }

    private TopicSubscription<String> follow(long after) {
        TopicSubscription<String> subscription = subscribe(false, "", Optional.of(after));
        subscription.pump(MANY);
        loop.run();
        return subscription;
    }

    @Test
    void beginsNowWithoutACursor() {
        ring.begin(new long[] {0});
        append("a", "b");
        TopicSubscription<String> subscription = subscribe(false, "", Optional.empty());
        subscription.pump(MANY);

        append("c");
        subscription.pump(MANY);

        assertThat(link.briefly()).containsExactly("caught_up", "c@0.1.2");
    }

    @Test
    void saysOnceThatItHasCaughtUpAndWhere() {
        ring.begin(new long[] {0});
        append("a", "b");
        TopicSubscription<String> subscription = follow(0);
        append("c");

        subscription.pump(MANY);
        subscription.pump(MANY);

        assertThat(link.briefly()).containsExactly("a@0.1.0", "b@0.1.1", "caught_up", "c@0.1.2");
        assertThat(LiveCursor.decode(Channel.TRACES, link.said.get(2).cursor())).containsExactly(2);
    }

    @Test
    void theCursorOfEachEventGoesOnBehindIt() {
        ring.begin(new long[] {0});
        append("a", "b", "c");
        follow(0);
        String second = link.said.get(1).cursor();

        link = new FakeLink();
        follow(LiveCursor.decode(Channel.TRACES, second)[0]);

        assertThat(link.briefly()).containsExactly("c@0.1.2", "caught_up");
    }

    @Test
    void readsTheLogWhenItIsFurtherBehindThanTheRing() {
        ring.begin(new long[] {0});
        append("a b c d e f g h i j k l m n o p q r s t".split(" "));

        follow(2);

        assertThat(reads).isPositive();
        assertThat(link.briefly()).hasSize(19).startsWith("c@0.1.2").endsWith("t@0.1.19", "caught_up");
        assertThat(link.reading).isFalse();
    }

    @Test
    void sendsNothingThatIsNotNewerThanWhatItSent() {
        ring.begin(new long[] {0});
        append(OURS, "a", 5);
        append(OURS, "a", 4);
        append(OURS, "a", 5);
        append(OURS, "b", 1);
        append(OURS, "a", 6);

        follow(0);

        assertThat(link.briefly()).containsExactly("a@0.1.5", "b@0.1.1", "a@0.1.6", "caught_up");
    }

    @Test
    void remembersABoundedNumberOfEntities() {
        ring = new EventRing<>(20_000, 1 << 30);
        ring.begin(new long[] {0});
        LongStream.range(0, TopicSubscription.MAX_ENTITIES + 1).forEach(i -> append(OURS, "e" + i, 1));
        append(OURS, "e0", 1);
        append(OURS, "e5000", 1);
        append(OURS, "e4096", 1);

        follow(0);

        assertThat(link.briefly().stream().filter("e0@0.1.1"::equals).count()).isEqualTo(2);
        assertThat(link.briefly().stream().filter("e4096@0.1.1"::equals).count())
                .isEqualTo(1);
    }

    @Test
    void passesWhatTheFilterDoesNotTake() {
        ring.begin(new long[] {0});
        append("a", "b", "c");
        TopicSubscription<String> subscription = subscribe(false, "\"n\":1", Optional.of(0L));

        subscription.pump(MANY);

        assertThat(link.briefly()).containsExactly("b@0.1.1", "caught_up");
        assertThat(LiveCursor.decode(Channel.TRACES, subscription.cursor())).containsExactly(3);
    }

    @Test
    void neverShowsAnotherProject() {
        ring.begin(new long[] {0});
        for (int i = 0; i < 10; i++) {
            append(THEIRS, "a", i);
            append(OURS, "ours", i);
        }

        follow(0);

        assertThat(link.said).filteredOn(said -> said.type().equals("event")).hasSize(10);
        assertThat(link.said)
                .filteredOn(said -> said.type().equals("event"))
                .allMatch(said -> said.entity().equals("ours"));
    }

    @Test
    void stopsWhenTheLinkIsFullAndGoesOnWhereItStopped() {
        ring.begin(new long[] {0});
        append("a", "b", "c", "d", "e");
        link.room = 2;
        TopicSubscription<String> subscription = subscribe(false, "", Optional.of(0L));

        Progress first = subscription.pump(MANY);

        assertThat(first).isEqualTo(Progress.WAITING);
        assertThat(link.briefly()).containsExactly("a@0.1.0", "b@0.1.1");
        assertThat(subscription.isBehind()).isTrue();
        link.room = MANY;
        subscription.pump(MANY);
        assertThat(link.briefly()).containsExactly("a@0.1.0", "b@0.1.1", "c@0.1.2", "d@0.1.3", "e@0.1.4", "caught_up");
        assertThat(subscription.isBehind()).isFalse();
    }

    @Test
    void holdsNothingOfTheRingWhileTheLinkIsFull() {
        ring.begin(new long[] {0});
        append("a", "b", "c");
        link.room = 1;
        TopicSubscription<String> subscription = subscribe(false, "", Optional.of(0L));
        subscription.pump(MANY);
        for (int i = 0; i < 1_000; i++) {
            append("e" + i);
            subscription.pump(MANY);
        }

        assertThat(subscription.held()).isZero();
        assertThat(link.said).hasSize(1);
        link.room = MANY;
        subscription.pump(MANY);
        loop.run();
        assertThat(link.said).hasSize(1_004);
        assertThat(link.briefly()).endsWith("e999@0.1.1002", "caught_up");
    }

    @Test
    void holdsOneBatchOfTheLogWhileTheLinkIsFull() {
        ring.begin(new long[] {0});
        for (int i = 0; i < 100; i++) {
            append("e" + i);
        }
        link.room = 4;

        TopicSubscription<String> subscription = follow(0);

        assertThat(subscription.held()).isEqualTo(2);
        int before = reads;
        subscription.pump(MANY);
        loop.run();
        assertThat(reads).isEqualTo(before);
        assertThat(link.reading).isTrue();
    }

    @Test
    void letsOthersHaveTheirTurn() {
        ring.begin(new long[] {0});
        append("a", "b", "c", "d");
        TopicSubscription<String> subscription = subscribe(false, "", Optional.of(0L));

        assertThat(subscription.pump(3)).isEqualTo(Progress.MORE);
        assertThat(link.said).hasSize(3);
        assertThat(subscription.pump(3)).isEqualTo(Progress.WAITING);
        assertThat(link.briefly()).endsWith("d@0.1.3", "caught_up");
    }

    @Test
    void saysWhichRangeIsGoneAndGoesOnBehindIt() {
        ring.begin(new long[] {0});
        append("a b c d e f g h i j k l".split(" "));
        retained = 3;

        follow(1);

        Said gap = link.said.get(0);
        assertThat(gap.type()).isEqualTo("gap");
        assertThat(LiveCursor.decode(Channel.TRACES, gap.json().get("from").asText()))
                .containsExactly(1);
        assertThat(LiveCursor.decode(Channel.TRACES, gap.json().get("to").asText()))
                .containsExactly(3);
        assertThat(link.briefly()).contains("d@0.1.3").doesNotContain("b@0.1.1").endsWith("caught_up");
        assertThat(figures.gaps()).isEqualTo(1);
    }

    @Test
    void aCursorOfATopicThatIsNoMoreIsAGap() {
        ring.begin(new long[] {0});
        append("a", "b");

        follow(500);

        assertThat(link.briefly()).containsExactly("gap", "a@0.1.0", "b@0.1.1", "caught_up");
    }

    @Test
    void waitsForTheRingWhenAnotherProcessWasFaster() {
        ring.begin(new long[] {0});
        append("a");
        log.add(event("b", 1));

        TopicSubscription<String> subscription = follow(2);
        ring.add(log.get(1));
        append("c");
        subscription.pump(MANY);

        assertThat(link.briefly()).containsExactly("caught_up", "c@0.1.2");
    }

    @Test
    void triesAgainWhenTheLogDoesNotAnswer() {
        ring.begin(new long[] {0});
        append("a b c d e f g h i j k l".split(" "));
        away = true;
        TopicSubscription<String> subscription = follow(0);
        assertThat(link.said).isEmpty();
        assertThat(subscription.isBehind()).isTrue();

        away = false;
        loop.advance(1_000);

        assertThat(link.said).hasSize(13);
    }

    @Test
    void isGivenAllPartitionsThatAreNewerThanItsCursor() {
        ring.begin(new long[] {0, 0});
        ring.add(event(OURS, "a", 1, 0, 0));
        ring.add(event(OURS, "b", 1, 1, 0));

        follow(1);

        assertThat(link.briefly()).containsExactly("b@0.1.1", "caught_up");
    }

    @Test
    void sendsTheNewestValueOfEachEntityAtMostEveryHalfSecond() {
        ring.begin(new long[] {0});
        TopicSubscription<String> subscription = subscribe(true, "", Optional.empty());
        subscription.pump(MANY);
        append("a", "b", "a", "a");

        subscription.pump(MANY);
        assertThat(link.briefly()).containsExactly("caught_up");
        loop.advance(TopicSubscription.CONFLATE_MILLIS);
        assertThat(link.briefly()).containsExactly("caught_up", "b@0.1.1", "a@0.1.3");
        assertThat(subscription.isBehind()).isFalse();
    }

    @Test
    void catchesUpConflated() {
        ring.begin(new long[] {0});
        append("a", "b", "a", "b", "a");
        TopicSubscription<String> subscription = subscribe(true, "", Optional.of(0L));

        subscription.pump(MANY);

        assertThat(link.briefly()).containsExactly("b@0.1.3", "a@0.1.4", "caught_up");
    }

    @Test
    void aConflatedCursorNeverPassesWhatWasNotSent() {
        ring.begin(new long[] {0});
        append("a", "b", "c", "a");
        TopicSubscription<String> subscription = subscribe(true, "", Optional.of(0L));
        link.room = 1;
        subscription.pump(MANY);
        assertThat(link.briefly()).containsExactly("b@0.1.1");
        long next = LiveCursor.decode(Channel.TRACES, subscription.cursor())[0];

        link = new FakeLink();
        subscribe(true, "", Optional.of(next)).pump(MANY);

        assertThat(link.briefly()).containsExactly("c@0.1.2", "a@0.1.3", "caught_up");
    }

    @Test
    void holdsABoundedNumberOfValuesThatWait() {
        ring = new EventRing<>(20_000, 1 << 30);
        ring.begin(new long[] {0});
        TopicSubscription<String> subscription = subscribe(true, "", Optional.empty());
        subscription.pump(MANY);
        link.room = 10;
        LongStream.range(0, 3L * TopicSubscription.MAX_ENTITIES).forEach(i -> append("e" + i));

        subscription.pump(MANY);

        assertThat(subscription.held()).isBetween(1, TopicSubscription.MAX_ENTITIES);
        link.room = MANY;
        subscription.pump(MANY);
        loop.advance(TopicSubscription.CONFLATE_MILLIS);
        assertThat(link.said).hasSize(1 + 3 * TopicSubscription.MAX_ENTITIES);
        assertThat(subscription.held()).isZero();
    }

    @Test
    void letsGoOfTheReadThatItWaitedForWhenItIsClosed() {
        ring.begin(new long[] {0});
        append("a b c d e f g h i j k l".split(" "));
        TopicSubscription<String> subscription = subscribe(false, "", Optional.of(0L));
        subscription.pump(MANY);
        assertThat(link.reading).isTrue();

        subscription.close();
        loop.run();

        assertThat(link.reading).isFalse();
        assertThat(link.said).isEmpty();
    }
}
