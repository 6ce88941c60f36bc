package io.millrace.query.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.query.auth.Pass;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LiveConnectionTest {
    private static final UUID PROJECT = new UUID(0, 1);
    private static final String SUBSCRIBE =
            "{\"type\":\"subscribe\",\"id\":\"%s\",\"channel\":\"traces\",\"filter\":{\"status\":\"ok\"}}";

    private final ManualLoop loop = new ManualLoop();
    private final FakeOutlet outlet = new FakeOutlet();
    private final LiveFigures figures = new LiveFigures();
    private final Connections connections = new Connections(10, 2);
    private final StreamTime streamTime = new StreamTime();
    private final Map<Channel, Feed> feeds = new HashMap<>();
    private final List<FakeSubscription> subscribed = new ArrayList<>();
    private final FakePass pass = new FakePass(PROJECT);
    private Future<Pass> admission = Future.succeededFuture(pass);
    private final LiveConnection connection = connection(outlet);

    /** A key that may be deleted. */
    private static final class FakePass implements Pass {
        private final UUID project;
        private Future<Void> check = Future.succeededFuture();

        FakePass(UUID project) {
            this.project = project;
        }

        @Override
        public UUID project() {
            return project;
        }

        @Override
        public Future<Void> check() {
            return check;
        }
    }

    private static final class FakeOutlet implements Outlet {
        final List<Said> said = new ArrayList<>();
        boolean full;
        boolean paused;
        int pings;
        Closing closing;
        String reason;

        @Override
        public void say(String json, String cursor) {
            said.add(Said.of(json));
        }

        @Override
        public boolean isFull() {
            return full;
        }

        @Override
        public void ping() {
            pings++;
        }

        @Override
        public boolean isAnswered() {
            return true;
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
        }

        @Override
        public void close(Closing why, String text) {
            closing = why;
            reason = text;
        }

        Said last() {
            return said.get(said.size() - 1);
        }
    }

    /** Says what it is given to say. */
    private static final class FakeSubscription implements Subscription {
        final LiveRequest request;
        final Link link;
        final List<String> toSay = new ArrayList<>();
        boolean behind;
        boolean closed;

        FakeSubscription(LiveRequest request, Link link) {
            this.request = request;
            this.link = link;
        }

        @Override
        public Progress pump(int most) {
            if (toSay.isEmpty() || link.isFull()) {
                return Progress.WAITING;
            }
            link.say(toSay.remove(0), cursor());
            return Progress.MORE;
        }

        @Override
        public boolean isBehind() {
            return behind;
        }

        @Override
        public int held() {
            return 0;
        }

        @Override
        public String cursor() {
            return "cursor-of-" + request.id();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private LiveConnection connection(Outlet to) {
        feeds.put(Channel.TRACES, new Feed() {
            @Override
            public void start() {}

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public Subscription subscribe(LiveRequest request, UUID project, Link link) {
                if (request.filter().containsKey("bad")) {
                    throw Problem.parameter("bad", "cannot be used");
                }
                FakeSubscription subscription = new FakeSubscription(request, link);
                subscribed.add(subscription);
                return subscription;
            }

            @Override
            public long bytes() {
                return 0;
            }

            @Override
            public void close() {}
        });
        var parts = new LiveConnection.Parts(feeds, token -> admission, connections, streamTime, figures, loop, 3);
        LiveConnection made = new LiveConnection(to, loop, parts);
        connections.opened(made, loop);
        return made;
    }

    private void receive(String message) {
        connection.received(message);
        loop.run();
    }

    private void admitted() {
        connection.admit(pass);
    }

    private void tickAfter(long millis) {
        loop.advance(millis);
        connection.tick();
        loop.run();
    }

    private void assertRefused(String message, String problem) {
        receive(message);
        assertThat(outlet.last().type()).isEqualTo("error");
        assertThat(outlet.last().problem()).as(outlet.last().json().toString()).isEqualTo(problem);
        assertThat(outlet.closing).isNull();
    }

    @Test
    void isLetInByItsFirstMessage() {
        receive("{\"type\":\"auth\",\"token\":\"sk-mr-1\"}");
        receive(SUBSCRIBE.formatted("a"));

        assertThat(outlet.said).isEmpty();
        assertThat(subscribed).hasSize(1);
        assertThat(subscribed.get(0).request)
                .isEqualTo(new LiveRequest("a", Channel.TRACES, Map.of("status", List.of("ok")), Optional.empty()));
    }

    @Test
    void isNotListenedToWhileItsTokenIsLookedAt() {
        Promise<Pass> promise = Promise.promise();
        admission = promise.future();

        receive("{\"type\":\"auth\",\"token\":\"sk-mr-1\"}");
        assertThat(outlet.paused).isTrue();

        promise.complete(pass);
        loop.run();
        assertThat(outlet.paused).isFalse();
    }

    @Test
    void isClosedWhenItsTokenDoesNotWork() {
        admission = Future.failedFuture(Problem.of(ProblemType.UNAUTHENTICATED, "unknown"));

        receive("{\"type\":\"auth\",\"token\":\"sk-mr-1\"}");

        assertThat(outlet.last().problem()).isEqualTo("unauthenticated");
        assertThat(outlet.closing).isEqualTo(Closing.UNAUTHENTICATED);
        assertThat(connections.size()).isZero();
    }

    @Test
    void isClosedWhenNoTokenCame() {
        tickAfter(LiveConnection.AUTH_MILLIS - 1);
        assertThat(outlet.closing).isNull();

        tickAfter(1);

        assertThat(outlet.closing).isEqualTo(Closing.UNAUTHENTICATED);
    }

    @Test
    void aNewerTokenOfTheSameProjectReplacesTheOlder() {
        admitted();
        FakePass newer = new FakePass(PROJECT);
        admission = Future.succeededFuture(newer);
        receive("{\"type\":\"auth\",\"token\":\"sk-mr-2\"}");
        pass.check = Future.failedFuture(Problem.of(ProblemType.UNAUTHENTICATED, "deleted"));

        tickAfter(LiveConnection.HEARTBEAT_MILLIS);

        assertThat(outlet.closing).isNull();
    }

    @Test
    void aTokenOfAnotherProjectIsRefused() {
        admitted();
        admission = Future.succeededFuture(new FakePass(new UUID(0, 2)));

        assertRefused("{\"type\":\"auth\",\"token\":\"sk-mr-2\"}", "conflict");
    }

    @Test
    void isToldWhatIsWrongAndStays() {
        assertRefused(SUBSCRIBE.formatted("a"), "unauthenticated");
        admitted();

        assertRefused("hello", "invalid_message");
        assertRefused("[1]", "invalid_message");
        assertRefused("{} {}", "invalid_message");
        assertRefused("{\"type\":\"dance\"}", "invalid_message");
        assertRefused("{\"id\":\"a\"}", "invalid_message");
        assertRefused("{\"type\":\"subscribe\",\"id\":\"a\"}", "invalid_message");
        assertRefused("{\"type\":\"subscribe\",\"id\":\"\",\"channel\":\"traces\"}", "invalid_message");
        assertRefused("{\"type\":\"subscribe\",\"id\":\"a\",\"channel\":\"news\"}", "invalid_message");
        assertRefused("{\"type\":\"subscribe\",\"id\":\"a\",\"channel\":\"anomalies\"}", "not_available");
        assertRefused("{\"type\":\"subscribe\",\"id\":\"a\",\"channel\":\"traces\",\"x\":1}", "invalid_message");
        assertRefused("{\"type\":\"subscribe\",\"id\":\"a\",\"channel\":\"traces\",\"filter\":[]}", "invalid_message");
        assertRefused(
                "{\"type\":\"subscribe\",\"id\":\"a\",\"channel\":\"traces\",\"filter\":{\"bad\":1}}",
                "invalid_parameter");
        assertThat(outlet.last().id()).isEqualTo("a");
        assertThat(outlet.last().json().at("/problem/errors/0/field").asText()).isEqualTo("bad");
        assertRefused("{\"type\":\"unsubscribe\",\"id\":\"a\"}", "not_found");
        connection.receivedOther();
        assertThat(outlet.last().problem()).isEqualTo("invalid_message");
    }

    @Test
    void readsFiltersAsAQueryStringWould() {
        admitted();

        receive("{\"type\":\"subscribe\",\"id\":\"a\",\"channel\":\"traces\",\"after\":\"c\","
                + "\"filter\":{\"t\":\"x\",\"n\":1.50,\"b\":true,\"l\":[\"p\",2]}}");

        assertThat(subscribed.get(0).request)
                .isEqualTo(new LiveRequest(
                        "a",
                        Channel.TRACES,
                        Map.of("t", List.of("x"), "n", List.of("1.5"), "b", List.of("true"), "l", List.of("p,2")),
                        Optional.of("c")));
    }

    @Test
    void hasABoundedNumberOfSubscriptionsEachWithANameOfItsOwn() {
        admitted();
        receive(SUBSCRIBE.formatted("a"));
        assertRefused(SUBSCRIBE.formatted("a"), "conflict");
        receive(SUBSCRIBE.formatted("b"));
        receive(SUBSCRIBE.formatted("c"));

        assertRefused(SUBSCRIBE.formatted("d"), "too_many");

        receive("{\"type\":\"unsubscribe\",\"id\":\"b\"}");
        assertThat(subscribed.get(1).closed).isTrue();
        receive(SUBSCRIBE.formatted("d"));
        assertThat(subscribed).hasSize(4);
        assertThat(connection.subscriptions()).isEqualTo(3);
    }

    @Test
    void givesEverySubscriptionItsTurn() {
        admitted();
        receive(SUBSCRIBE.formatted("a"));
        receive(SUBSCRIBE.formatted("b"));
        for (int i = 0; i < 3; i++) {
            subscribed.get(0).toSay.add("{\"type\":\"a\"}");
            subscribed.get(1).toSay.add("{\"type\":\"b\"}");
        }

        connection.wake();
        loop.run();

        assertThat(outlet.said).extracting(Said::type).containsExactly("a", "b", "a", "b", "a", "b");
    }

    @Test
    void saysEveryFiveSecondsThatItIsThereAndWhereTheClientIs() {
        admitted();
        receive(SUBSCRIBE.formatted("a"));
        tickAfter(LiveConnection.HEARTBEAT_MILLIS - 1);
        assertThat(outlet.said).isEmpty();

        tickAfter(1);
        assertThat(outlet.last().type()).isEqualTo("heartbeat");
        assertThat(outlet.last().json().get("stream_time").isNull()).isTrue();
        assertThat(outlet.last().json().at("/cursors/a").asText()).isEqualTo("cursor-of-a");

        streamTime.reached(1_000);
        streamTime.reached(500);
        tickAfter(LiveConnection.HEARTBEAT_MILLIS);
        assertThat(outlet.last().json().get("stream_time").asText()).isEqualTo("1970-01-01T00:16:40Z");
        assertThat(outlet.last().json().get("server_time").asText())
                .isEqualTo(loop.instant().toString());
    }

    @Test
    void isClosedAtTheNextHeartbeatWhenItsKeyIsDeleted() {
        admitted();
        receive(SUBSCRIBE.formatted("a"));
        pass.check = Future.failedFuture(Problem.of(ProblemType.UNAUTHENTICATED, "deleted"));

        tickAfter(LiveConnection.HEARTBEAT_MILLIS);

        assertThat(outlet.last().problem()).isEqualTo("unauthenticated");
        assertThat(outlet.closing).isEqualTo(Closing.UNAUTHENTICATED);
        assertThat(subscribed.get(0).closed).isTrue();
    }

    @Test
    void staysWhileNobodyCanSayWhetherItsKeyWorks() {
        admitted();
        pass.check = Future.failedFuture(Problem.unavailable("the database does not answer"));

        tickAfter(LiveConnection.HEARTBEAT_MILLIS);

        assertThat(outlet.closing).isNull();
    }

    @Test
    void isAskedWhetherItIsThereAndClosedWhenItDoesNotAnswer() {
        admitted();
        tickAfter(LiveConnection.PING_MILLIS);
        assertThat(outlet.pings).isEqualTo(1);
        connection.pong();
        tickAfter(LiveConnection.PONG_MILLIS - 1);
        assertThat(outlet.closing).isNull();

        tickAfter(1);

        assertThat(outlet.closing).isEqualTo(Closing.TOO_SLOW);
    }

    @Test
    void isToldAndClosedWhenItDoesNotReadWhatThereIs() {
        admitted();
        receive(SUBSCRIBE.formatted("a"));
        receive(SUBSCRIBE.formatted("b"));
        subscribed.get(1).behind = true;
        outlet.full = true;
        connection.wake();
        loop.run();
        tickAfter(LiveConnection.SLOW_MILLIS - 1);
        assertThat(outlet.said).isEmpty();

        tickAfter(1);

        assertThat(outlet.said).extracting(Said::problem).containsExactly("too_slow", "too_slow");
        assertThat(outlet.said).extracting(Said::cursor).containsExactly("cursor-of-a", "cursor-of-b");
        assertThat(outlet.closing).isEqualTo(Closing.TOO_SLOW);
        assertThat(outlet.reason).isEqualTo("too_slow cursor-of-b");
        assertThat(figures.closedAsTooSlow()).isEqualTo(1);
    }

    @Test
    void isNotSlowWhenThereIsNothingToRead() {
        admitted();
        receive(SUBSCRIBE.formatted("a"));
        outlet.full = true;
        connection.wake();
        loop.run();

        tickAfter(LiveConnection.SLOW_MILLIS);

        assertThat(outlet.closing).isNull();
    }

    @Test
    void startsAnewWhenItHasDrained() {
        admitted();
        receive(SUBSCRIBE.formatted("a"));
        subscribed.get(0).behind = true;
        outlet.full = true;
        connection.wake();
        loop.run();
        loop.advance(LiveConnection.SLOW_MILLIS - 1);
        outlet.full = false;
        connection.drained();
        subscribed.get(0).toSay.add("{\"type\":\"x\"}");
        loop.run();
        assertThat(outlet.last().type()).isEqualTo("x");
        outlet.full = true;
        connection.wake();
        loop.run();

        tickAfter(LiveConnection.SLOW_MILLIS - 1);

        assertThat(outlet.closing).isNull();
    }

    @Test
    void takesNoMessagesOfAClientThatDoesNotRead() {
        admitted();
        outlet.full = true;

        receive("hello");
        assertThat(outlet.paused).isTrue();

        outlet.full = false;
        connection.drained();
        assertThat(outlet.paused).isFalse();
    }

    @Test
    void letsGoOfEverythingWhenTheClientGoes() {
        admitted();
        receive(SUBSCRIBE.formatted("a"));

        connection.gone();
        connection.wake();
        loop.run();
        tickAfter(LiveConnection.PONG_MILLIS);

        assertThat(subscribed.get(0).closed).isTrue();
        assertThat(connections.size()).isZero();
        assertThat(outlet.said).isEmpty();
        assertThat(outlet.closing).isNull();
    }

    @Test
    void aProjectHasABoundedNumberOfConnections() {
        admitted();
        connection(new FakeOutlet()).admit(pass);
        LiveConnection third = connection(new FakeOutlet());

        assertThatThrownBy(() -> third.admit(pass)).isInstanceOf(Problem.class);
        third.admit(new FakePass(new UUID(0, 2)));
        connection.gone();

        connection(new FakeOutlet()).admit(pass);
        assertThat(connections.size()).isEqualTo(3);
    }

    @Test
    void thereIsABoundedNumberOfConnections() {
        for (int i = 1; i < 10; i++) {
            connection(new FakeOutlet());
        }

        assertThatThrownBy(() -> connection(new FakeOutlet()))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.type()).isEqualTo(ProblemType.TOO_MANY));
    }

    @Test
    void everybodyIsToldWhenTheServiceStops() {
        admitted();

        connections.closeAll();
        loop.run();

        assertThat(outlet.closing).isEqualTo(Closing.GOING_AWAY);
        assertThat(connections.size()).isZero();
    }
}
