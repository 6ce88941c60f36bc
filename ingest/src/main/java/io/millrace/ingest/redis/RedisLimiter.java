package io.millrace.ingest.redis;

import io.millrace.ingest.limit.Charge;
import io.millrace.ingest.limit.GcraScript;
import io.millrace.ingest.limit.Leases;
import io.millrace.ingest.limit.Limiter;
import io.millrace.ingest.limit.LocalBuckets;
import io.millrace.ingest.limit.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts in Redis, by one script, so that a limit holds for all edges together, and takes a little {@linkplain Leases ahead}
 * of requests. When Redis fails or is slow, this edge counts
 * alone, with as large a share of each limit as there were edges when Redis was last there, until a probe finds it again.
 */
public final class RedisLimiter implements Limiter {
    private static final Logger LOGGER = LoggerFactory.getLogger(RedisLimiter.class);
    private static final Duration PATIENCE = Duration.ofMillis(100);
    private static final Duration PROBE_PATIENCE = Duration.ofMillis(900);
    private static final String EDGES = "millrace:edges";
    private static final String EDGES_SCRIPT = GcraScript.text("edges.lua");
    /** For how long an edge counts after it was last heard of. */
    private static final int EDGE_SECONDS = 10;

    private static final int CONNECTIONS = 4;
    private static final int MOST_WAITING = 1_000;

    private final String edge = UUID.randomUUID().toString();
    private final Vertx vertx;
    private final RedisOptions options;
    private final LocalBuckets local;
    private final Leases leases = new Leases();
    private final Supplier<OptionalLong> now;
    private final Duration patience;
    private final ScriptHash script = ScriptHash.of(GcraScript.TEXT);
    private volatile Redis redis;
    private volatile boolean away = true;
    private volatile boolean closed;
    private volatile int edges = 1;

    /**
     * Begins without Redis: {@link #probe} looks for it.
     *
     * @param url with the password, as {@code redis://:password@host:port}
     * @param local counts while Redis is away
     */
    public RedisLimiter(Vertx vertx, String url, LocalBuckets local) {
        this(vertx, url, local, OptionalLong::empty, PATIENCE);
    }

    /**
     * @param now the time to count by, in nanoseconds since the epoch; empty for Redis's own
     * @param patience how long a request waits for Redis
     */
    RedisLimiter(Vertx vertx, String url, LocalBuckets local, Supplier<OptionalLong> now, Duration patience) {
        this.vertx = vertx;
        this.local = local;
        this.now = now;
        this.patience = patience;
        this.options = new RedisOptions()
                .setConnectionString(url)
                .setNetClientOptions(new NetClientOptions().setConnectTimeout((int) PROBE_PATIENCE.toMillis()))
                .setPoolName("limits")
                .setMaxPoolSize(CONNECTIONS)
                .setMaxPoolWaiting(MOST_WAITING);
        this.redis = Redis.createClient(vertx, options);
    }

    @Override
    public CompletionStage<Verdict> take(List<Charge> charges) {
        if (away) {
            return Future.succeededFuture(alone(charges)).toCompletionStage();
        }
        if (leases.take(charges)) {
            return Future.succeededFuture(Verdict.TAKEN).toCompletionStage();
        }
        long ahead = leases.ask(charges);
        return (ahead == 0 ? ask(charges) : askAhead(charges, ahead)).toCompletionStage();
    }

    /** Where there is not enough to take some ahead there may be enough for the request. */
    private Future<Verdict> askAhead(List<Charge> charges, long ahead) {
        return ask(charges.stream().map(charge -> charge.plus(ahead)).toList()).compose(verdict -> {
            leases.answered(charges, verdict.isTaken() ? ahead : 0);
            return verdict.isTaken() ? Future.succeededFuture(verdict) : ask(charges);
        });
    }

    private Future<Verdict> ask(List<Charge> charges) {
        return evaluate(charges)
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .map(answer -> GcraScript.verdict(
                        charges, answer.get(0).toInteger(), answer.get(1).toLong()))
                .recover(failure -> {
                    lost(failure);
                    return Future.succeededFuture(alone(charges));
                });
    }

    private Verdict alone(List<Charge> charges) {
        return local.take(charges, edges);
    }

    /** A Redis that was started again knows no scripts: then it is sent. */
    private Future<Response> evaluate(List<Charge> charges) {
        return redis.send(call(Command.EVALSHA, script.hex(), charges))
                .recover(failure -> String.valueOf(failure.getMessage()).startsWith("NOSCRIPT")
                        ? redis.send(call(Command.EVAL, GcraScript.TEXT, charges))
                        : Future.failedFuture(failure));
    }

    private Request call(Command command, String what, List<Charge> charges) {
        Request request = Request.cmd(command).arg(what).arg(charges.size());
        GcraScript.keys(charges).forEach(request::arg);
        GcraScript.arguments(now.get(), charges).forEach(request::arg);
        return request;
    }

    /** Looks whether Redis is there, and how many edges are. To be called once a second; the result never fails. */
    public Future<Void> probe() {
        long begin = System.nanoTime();
        return redis.send(Request.cmd(Command.EVAL)
                        .arg(EDGES_SCRIPT)
                        .arg(1)
                        .arg(EDGES)
                        .arg(edge)
                        .arg(EDGE_SECONDS))
                .timeout(PROBE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(answer -> found(answer.toInteger(), System.nanoTime() - begin))
                .onFailure(failure -> {
                    lost(failure);
                    if (failure instanceof TimeoutException && !closed) {
                        reconnect();
                    }
                })
                .transform(probed -> Future.succeededFuture());
    }

    /** A connection that hangs would be waited for until the system gives it up, which takes minutes or for ever. */
    private void reconnect() {
        Redis hanging = redis;
        redis = Redis.createClient(vertx, options);
        hanging.close();
    }

    /** One that answers later than requests wait stays away: they would all be counted here and there. */
    private void found(int count, long nanos) {
        edges = Math.max(count, 1);
        if (away && nanos <= patience.toNanos()) {
            away = false;
            LOGGER.atInfo().addKeyValue("edges", edges).log("limits hold for all edges together");
        }
    }

    private void lost(Throwable failure) {
        if (!away) {
            away = true;
            LOGGER.atWarn()
                    .addKeyValue("edges", edges)
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("redis is away: this edge counts alone, with its share of each limit");
        }
    }

    @Override
    public boolean isLocal() {
        return away;
    }

    /** How many edges share the limits, as Redis last said. */
    int edges() {
        return edges;
    }

    /** Takes this edge out of those that share, and lets go of Redis. Never fails. */
    public Future<Void> close() {
        closed = true;
        Future<?> left = away
                ? Future.succeededFuture()
                : redis.send(Request.cmd(Command.ZREM).arg(EDGES).arg(edge))
                        .timeout(PROBE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        return left.transform(gone -> redis.close()).transform(closed -> Future.succeededFuture());
    }
}
