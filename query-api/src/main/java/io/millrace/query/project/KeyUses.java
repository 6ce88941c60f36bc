package io.millrace.query.project;

import io.millrace.query.auth.UsedKeys;
import io.millrace.query.db.Database;
import io.millrace.query.http.Parameters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps once a minute when keys were last used: here, and at the edges, which tell it through Redis. */
public final class KeyUses {
    private static final Logger LOGGER = LoggerFactory.getLogger(KeyUses.class);
    private static final long PERIOD_MILLIS = 60_000;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final String USES = "millrace:key-uses";
    /** Deletes what an edge has not replaced. KEYS: the uses. ARGV: each key, and when it was used. */
    private static final String FORGET = """
            for i = 1, #ARGV, 2 do
              if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
                redis.call('HDEL', KEYS[1], ARGV[i])
              end
            end""";

    private final Vertx vertx;
    private final ApiKeyStore store;
    private final UsedKeys here;
    private final Clock clock;
    private final @Nullable Redis redis;
    private long timer = -1;

    /**
     * @param here keys that opened something in this process
     * @param url of Redis, with the password; without it only what was used here is known
     */
    public KeyUses(Vertx vertx, Database database, UsedKeys here, Optional<String> url, Clock clock) {
        this.vertx = vertx;
        this.store = new ApiKeyStore(database);
        this.here = here;
        this.clock = clock;
        this.redis = url.map(address -> Redis.createClient(
                        vertx,
                        new RedisOptions()
                                .setConnectionString(address)
                                .setNetClientOptions(new NetClientOptions()
                                        .setConnectTimeout((int) PATIENCE.toMillis())
                                        .setIdleTimeout((int) PATIENCE.toSeconds()))
                                .setPoolName("kept-key-uses")
                                .setMaxPoolSize(1)))
                .orElse(null);
    }

    public void start() {
        timer = vertx.setPeriodic(PERIOD_MILLIS, tick -> keep());
    }

    /** Keeps the last, and lets go of Redis. Never fails. */
    public Future<Void> close() {
        vertx.cancelTimer(timer);
        Redis client = redis;
        return keep().transform(kept -> client == null ? Future.succeededFuture() : client.close())
                .transform(closed -> Future.succeededFuture());
    }

    /** Never fails: what could not be kept is tried again. */
    Future<Void> keep() {
        return keepOwn()
                .transform(own -> keepTold())
                .onFailure(failure -> LOGGER.atWarn()
                        .addKeyValue("reason", failure.toString())
                        .log("uses of keys wait"))
                .transform(done -> Future.succeededFuture());
    }

    private Future<Void> keepOwn() {
        Set<UUID> used = here.drain();
        Map<UUID, Instant> uses = new HashMap<>();
        used.forEach(key -> uses.put(key, clock.instant()));
        return store.used(uses).onFailure(failure -> here.giveBack(used));
    }

    /** What is kept is deleted from Redis, where edges may tell something newer meanwhile. */
    private Future<Void> keepTold() {
        Redis client = redis;
        if (client == null) {
            return Future.succeededFuture();
        }
        return send(client, Request.cmd(Command.HGETALL).arg(USES))
                .compose(told -> store.used(uses(told)).compose(kept -> forget(client, told)));
    }

    private static Future<Void> forget(Redis client, @Nullable Response told) {
        if (told == null || told.getKeys().isEmpty()) {
            return Future.succeededFuture();
        }
        Request forget = Request.cmd(Command.EVAL).arg(FORGET).arg(1).arg(USES);
        told.getKeys().forEach(key -> forget.arg(key).arg(told.get(key).toBuffer()));
        return send(client, forget).mapEmpty();
    }

    private static Future<@Nullable Response> send(Redis client, Request request) {
        return client.send(request).timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Map<UUID, Instant> uses(@Nullable Response told) {
        Map<UUID, Instant> uses = new HashMap<>();
        if (told != null) {
            for (String key : told.getKeys()) {
                Instant used = Instant.ofEpochMilli(told.get(key).toLong());
                Parameters.parseUuid(key).ifPresent(id -> uses.put(id, used));
            }
        }
        return uses;
    }
}
