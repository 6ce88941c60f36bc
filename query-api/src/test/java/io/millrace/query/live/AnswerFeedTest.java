package io.millrace.query.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.query.http.Problem;
import io.millrace.query.live.Question.Answer;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnswerFeedTest {
    private static final UUID PROJECT = new UUID(0, 1);

    private final ManualLoop loop = new ManualLoop();
    private Future<Answer> answer = answer(1);
    private int asked;
    private final AnswerFeed feed = new AnswerFeed(
            Channel.LEDGER,
            project -> {
                asked++;
                return answer;
            },
            loop,
            loop::millis,
            new LiveFigures());

    private static Future<Answer> answer(int state) {
        return Future.succeededFuture(new Answer(state, "{\"state\":" + state + "}"));
    }

    /** Pumps whenever it is woken. */
    private final class Client implements Link {
        final List<Said> said = new ArrayList<>();
        boolean full;
        Subscription subscription;

        @Override
        public void say(String json, String cursor) {
            said.add(Said.of(json));
        }

        @Override
        public boolean isFull() {
            return full;
        }

        @Override
        public void wake() {
            loop.execute(() -> subscription.pump(10));
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
            return true;
        }

        @Override
        public void endReading() {}
    }

    private Client follow(Optional<String> after) {
        Client client = new Client();
        client.subscription = feed.subscribe(new LiveRequest("l", Channel.LEDGER, Map.of(), after), PROJECT, client);
        client.wake();
        loop.run();
        return client;
    }

    @Test
    void saysHowItStandsAndThenWhateverDiffers() {
        Client client = follow(Optional.empty());
        assertThat(client.said).extracting(Said::type).containsExactly("event", "caught_up");
        assertThat(client.said.get(0).json().at("/data/state").asInt()).isEqualTo(1);
        assertThat(client.said.get(0).entity()).isEqualTo(PROJECT.toString());

        loop.advance(AnswerFeed.PAUSE_MILLIS);
        assertThat(asked).isEqualTo(2);
        assertThat(client.said).hasSize(2);

        answer = answer(2);
        loop.advance(AnswerFeed.PAUSE_MILLIS);
        assertThat(client.said).hasSize(3);
        assertThat(client.said.get(2).json().at("/data/state").asInt()).isEqualTo(2);
    }

    @Test
    void asksOnceForAllWhoFollowAProject() {
        Client first = follow(Optional.empty());
        Client second = follow(Optional.empty());

        assertThat(asked).isEqualTo(1);
        assertThat(second.said).hasSize(2);
        assertThat(first.said.get(0).cursor()).isEqualTo(second.said.get(0).cursor());
    }

    @Test
    void stopsAskingWhenNobodyFollows() {
        Client client = follow(Optional.empty());
        client.subscription.close();

        loop.advance(AnswerFeed.PAUSE_MILLIS);

        assertThat(asked).isEqualTo(1);
    }

    @Test
    void doesNotSayAgainWhatTheClientHas() {
        follow(Optional.empty());
        Client before = follow(Optional.empty());

        Client back = follow(Optional.of(before.said.get(0).cursor()));

        assertThat(back.said).extracting(Said::type).containsExactly("caught_up");
    }

    @Test
    void keepsTheNewestForAClientThatDoesNotRead() {
        Client client = follow(Optional.empty());
        client.full = true;
        for (int state = 2; state < 6; state++) {
            answer = answer(state);
            loop.advance(AnswerFeed.PAUSE_MILLIS);
        }
        assertThat(client.subscription.isBehind()).isTrue();

        client.full = false;
        client.wake();
        loop.run();

        assertThat(client.said).hasSize(3);
        assertThat(client.said.get(2).json().at("/data/state").asInt()).isEqualTo(5);
    }

    @Test
    void goesOnAskingWhenThereWasNoAnswer() {
        answer = Future.failedFuture(Problem.unavailable("the database does not answer"));
        Client client = follow(Optional.empty());
        assertThat(client.said).isEmpty();

        answer = answer(7);
        loop.advance(AnswerFeed.PAUSE_MILLIS);

        assertThat(client.said).hasSize(2);
    }

    @Test
    void hasNoFilter() {
        LiveRequest request = new LiveRequest("l", Channel.LEDGER, Map.of("from", List.of("now")), Optional.empty());

        assertThatThrownBy(() -> feed.subscribe(request, PROJECT, new Client())).isInstanceOf(Problem.class);
    }
}
