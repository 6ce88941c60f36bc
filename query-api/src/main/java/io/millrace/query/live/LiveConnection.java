package io.millrace.query.live;

import io.millrace.query.auth.Pass;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.live.Subscription.Progress;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: who it is, what it follows, and whether it keeps up. All that it holds is bounded; it takes in no message of
 * the client while the client does not take out what is said. Used on its {@link Loop} only, but for {@link #wake}.
 */
final class LiveConnection implements Link {
    static final long AUTH_MILLIS = 10_000;
    static final long HEARTBEAT_MILLIS = 5_000;
    static final long PING_MILLIS = 20_000;
    static final long PONG_MILLIS = 60_000;
    static final long SLOW_MILLIS = 30_000;
    /** A socket that takes nothing for so long is gone, even if there is nothing to say. */
    static final long STUCK_MILLIS = 60_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(LiveConnection.class);
    private static final int TURN = 256;
    private static final long NEVER = Long.MIN_VALUE;

    private final Outlet outlet;
    private final Loop loop;
    private final Parts parts;
    private final Map<String, Subscription> subscriptions = new ConcurrentSkipListMap<>();
    /** Whose turn it is first: the ones behind may find the outlet full. */
    private final Deque<Subscription> turns = new ArrayDeque<>();

    private final AtomicBoolean woken = new AtomicBoolean();
    private final long openedAt;
    private @Nullable Pass pass;
    private boolean authenticating;
    private boolean checking;
    private boolean reading;
    private boolean closed;
    private boolean paused;
    private long fullSince = NEVER;
    private long heartbeatAt;
    private long pingAt;
    private long pongAt;

    /** Where connections are counted. */
    interface Register {
        /**
         * @throws Problem ({@link ProblemType#TOO_MANY}) when the project has as many as it may
         */
        void admitted(LiveConnection connection, Pass pass);

        void left(LiveConnection connection);
    }

    /**
     * What it needs of the service.
     *
     * @param admission what a token opens; fails with a {@link Problem}
     */
    record Parts(
            Map<Channel, Feed> feeds,
            Function<String, Future<Pass>> admission,
            Register register,
            StreamTime streamTime,
            LiveFigures figures,
            Clock clock,
            int maxSubscriptions) {}

    LiveConnection(Outlet outlet, Loop loop, Parts parts) {
        this.outlet = outlet;
        this.loop = loop;
        this.parts = parts;
        this.openedAt = parts.clock.millis();
        this.heartbeatAt = openedAt;
        this.pingAt = openedAt;
        this.pongAt = openedAt;
    }

    /** The client is known from the beginning. */
    void admit(Pass admitted) {
        parts.register.admitted(this, admitted);
        pass = admitted;
    }

    /** A text message of the client. */
    void received(String text) {
        Optional<String> id = Optional.empty();
        try {
            ClientMessage message = ClientMessage.parse(text);
            id = message.idIfAny();
            switch (message.type()) {
                case "auth" -> authenticate(message.token());
                case "subscribe" -> subscribe(message.request());
                default -> unsubscribe(message.id());
            }
        } catch (Problem problem) {
            refuse(id, problem);
        }
        pauseIfFull();
    }

    /** A message that is no text. */
    void receivedOther() {
        refuse(Optional.empty(), Problem.of(ProblemType.INVALID_MESSAGE, "a message is a text"));
        pauseIfFull();
    }

    private void refuse(Optional<String> id, Problem problem) {
        if (!closed) {
            outlet.say(LiveMessages.error(id, problem, Optional.empty()), "");
        }
    }

    private void pauseIfFull() {
        if (!closed && !paused && outlet.isFull()) {
            paused = true;
            outlet.pause();
            full();
        }
    }

    /** The first message, or a newer token for the same project. Until it is known, the client is not listened to. */
    private void authenticate(String token) {
        if (authenticating) {
            throw Problem.of(ProblemType.CONFLICT, "the token before is still being looked at");
        }
        authenticating = true;
        outlet.pause();
        parts.admission
                .apply(token)
                .onComplete(result -> loop.execute(() -> {
                    authenticating = false;
                    if (result.succeeded()) {
                        entered(result.result());
                    } else {
                        rejected(result.cause());
                    }
                    if (!closed && !paused) {
                        outlet.resume();
                    }
                }));
    }

    private void entered(Pass admitted) {
        Pass before = pass;
        try {
            if (closed) {
                return;
            }
            if (before == null) {
                admit(admitted);
            } else if (!before.project().equals(admitted.project())) {
                refuse(Optional.empty(), Problem.of(ProblemType.CONFLICT, "the token is of another project"));
            } else {
                pass = admitted;
            }
        } catch (Problem problem) {
            rejected(problem);
        }
    }

    private void rejected(Throwable failure) {
        Problem problem =
                failure instanceof Problem known ? known : Problem.of(ProblemType.INTERNAL, "see the service's log");
        if (problem.type() == ProblemType.INTERNAL) {
            LOGGER.atError().setCause(failure).log("a token could not be looked at");
        }
        refuse(Optional.empty(), problem);
        if (problem.type() != ProblemType.UNAVAILABLE) {
            close(closing(problem.type()), problem.type().code());
        }
    }

    private static Closing closing(ProblemType type) {
        return switch (type) {
            case FORBIDDEN -> Closing.FORBIDDEN;
            case NOT_FOUND -> Closing.NOT_FOUND;
            case TOO_MANY -> Closing.TOO_MANY;
            case INTERNAL -> Closing.INTERNAL;
            default -> Closing.UNAUTHENTICATED;
        };
    }

    /**
     * Begins to follow.
     *
     * @throws Problem when it cannot
     */
    void subscribe(LiveRequest request) {
        Pass known = pass;
        if (known == null) {
            throw Problem.of(ProblemType.UNAUTHENTICATED, "send {\"type\":\"auth\",\"token\":\"sk-mr-...\"} first");
        }
        if (subscriptions.containsKey(request.id())) {
            throw Problem.of(ProblemType.CONFLICT, "id: there is a subscription of that name");
        }
        if (subscriptions.size() >= parts.maxSubscriptions) {
            throw Problem.of(
                    ProblemType.TOO_MANY, "a connection has at most " + parts.maxSubscriptions + " subscriptions");
        }
        Feed feed = parts.feeds.get(request.channel());
        if (feed == null) {
            throw Problem.notAvailable("the channel " + request.channel().label());
        }
        Subscription subscription = feed.subscribe(request, known.project(), this);
        subscriptions.put(request.id(), subscription);
        turns.addLast(subscription);
        wake();
    }

    private void unsubscribe(String id) {
        Subscription subscription = subscriptions.remove(id);
        if (subscription == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "id: there is no such subscription");
        }
        turns.remove(subscription);
        subscription.close();
    }

    @Override
    public void say(String json, String cursor) {
        if (!closed) {
            outlet.say(json, cursor);
        }
    }

    @Override
    public boolean isFull() {
        return closed || outlet.isFull();
    }

    @Override
    public void wake() {
        if (woken.compareAndSet(false, true)) {
            loop.execute(() -> {
                woken.set(false);
                pump();
            });
        }
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
        if (reading) {
            return false;
        }
        reading = true;
        return true;
    }

    @Override
    public void endReading() {
        reading = false;
        wake();
    }

    private void pump() {
        try {
            boolean more = false;
            for (int turn = turns.size(); turn > 0 && !closed; turn--) {
                Subscription subscription = turns.removeFirst();
                turns.addLast(subscription);
                more |= subscription.pump(TURN) == Progress.MORE;
                if (!closed && outlet.isFull()) {
                    full();
                    return;
                }
            }
            if (more) {
                wake();
            }
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("a subscription failed");
            refuse(Optional.empty(), Problem.of(ProblemType.INTERNAL, "see the service's log"));
            close(Closing.INTERNAL, "internal");
        }
    }

    private void full() {
        if (fullSince == NEVER) {
            fullSince = parts.clock.millis();
        }
    }

    /** The outlet takes more again. */
    void drained() {
        fullSince = NEVER;
        if (closed) {
            return;
        }
        if (paused && !outlet.isFull()) {
            paused = false;
            if (!authenticating) {
                outlet.resume();
            }
        }
        wake();
    }

    /** The client answered a ping. */
    void pong() {
        pongAt = parts.clock.millis();
    }

    /** To be called about every second. */
    void tick() {
        if (closed) {
            return;
        }
        long now = parts.clock.millis();
        if (pass == null && now - openedAt >= AUTH_MILLIS) {
            rejected(Problem.of(ProblemType.UNAUTHENTICATED, "no token came in time"));
        } else if (isStuck(now)) {
            tooSlow();
        } else if (outlet.isAnswered() && now - pongAt >= PONG_MILLIS) {
            close(Closing.TOO_SLOW, "no pong");
        } else {
            beat(now);
        }
    }

    private boolean isStuck(long now) {
        if (fullSince == NEVER) {
            return false;
        }
        if (!outlet.isFull()) {
            drained();
            return false;
        }
        boolean more = subscriptions.values().stream().anyMatch(Subscription::isBehind);
        return now - fullSince >= (more ? SLOW_MILLIS : STUCK_MILLIS);
    }

    private void tooSlow() {
        parts.figures.tooSlow();
        String reason = "too_slow";
        for (Map.Entry<String, Subscription> entry : subscriptions.entrySet()) {
            String cursor = entry.getValue().cursor();
            Problem problem = Problem.of(
                    ProblemType.TOO_SLOW, "nothing was read for " + SLOW_MILLIS / 1_000 + " s; go on from the cursor");
            outlet.say(LiveMessages.error(Optional.of(entry.getKey()), problem, Optional.of(cursor)), cursor);
            if (entry.getValue().isBehind() && reason.indexOf(' ') < 0) {
                reason += " " + cursor;
            }
        }
        close(Closing.TOO_SLOW, reason);
    }

    private void beat(long now) {
        if (now - heartbeatAt >= HEARTBEAT_MILLIS) {
            heartbeatAt = now;
            check();
            if (pass != null && !outlet.isFull()) {
                heartbeat();
            }
        }
        if (now - pingAt >= PING_MILLIS) {
            pingAt = now;
            outlet.ping();
        }
    }

    private void heartbeat() {
        Map<String, String> cursors = new TreeMap<>();
        subscriptions.forEach((id, subscription) -> cursors.put(id, subscription.cursor()));
        String only = cursors.size() == 1 ? cursors.values().iterator().next() : "";
        outlet.say(
                LiveMessages.heartbeat(parts.streamTime.newest().orElse(null), parts.clock.instant(), cursors), only);
    }

    /** A database that is away says nothing about a key: the client stays. */
    private void check() {
        Pass known = pass;
        if (known == null || checking) {
            return;
        }
        checking = true;
        known.check()
                .onComplete(result -> loop.execute(() -> {
                    checking = false;
                    if (result.failed()
                            && known.equals(pass)
                            && result.cause() instanceof Problem problem
                            && problem.type() != ProblemType.UNAVAILABLE) {
                        rejected(problem);
                    }
                }));
    }

    /** Ends it from here. */
    void close(Closing closing, String reason) {
        if (!closed) {
            gone();
            outlet.close(closing, reason);
        }
    }

    /** The client has gone. */
    void gone() {
        if (closed) {
            return;
        }
        closed = true;
        subscriptions.values().forEach(Subscription::close);
        subscriptions.clear();
        turns.clear();
        parts.register.left(this);
    }

    int subscriptions() {
        return subscriptions.size();
    }

    /** Events that it keeps from being forgotten. */
    int held() {
        return subscriptions.values().stream().mapToInt(Subscription::held).sum();
    }
}
