package io.millrace.ingest.redis;

import io.millrace.ingest.admission.KeyUses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Tells through Redis when keys were last used, for the API to keep. What cannot be told while Redis is away is told when it
 * is back.
 */
public final class KeyUseReport {
    private static final String USES = "millrace:key-uses";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long KEPT_SECONDS = Duration.ofDays(1).toSeconds();

    private final KeyUses uses;
    private final Redis redis;

    /**
     * @param url with the password, as {@code redis://:password@host:port}
     */
    public KeyUseReport(Vertx vertx, String url, KeyUses uses) {
        this.uses = uses;
        this.redis = Redis.createClient(
                vertx,
                new RedisOptions()
                        .setConnectionString(url)
                        .setNetClientOptions(new NetClientOptions()
                                .setConnectTimeout((int) PATIENCE.toMillis())
                                .setIdleTimeout((int) PATIENCE.toSeconds()))
                        .setPoolName("key-uses")
                        .setMaxPoolSize(1));
    }

    /** To be called once a minute; the result never fails. */
    public Future<Void> tell() {
        Map<UUID, Long> told = uses.drain();
        if (told.isEmpty()) {
            return Future.succeededFuture();
        }
        Request set = Request.cmd(Command.HSET).arg(USES);
        told.forEach((key, millis) -> set.arg(key.toString()).arg(millis.toString()));
        // The API takes them within a minute; what nobody takes is not kept for ever.
        Request expire = Request.cmd(Command.EXPIRE).arg(USES).arg(KEPT_SECONDS);
        return redis.batch(List.of(set, expire))
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(failure -> uses.giveBack(told))
                .transform(done -> Future.succeededFuture());
    }

    /** Tells the last, and lets go of Redis. Never fails. */
    public Future<Void> close() {
        return tell().transform(told -> redis.close()).transform(closed -> Future.succeededFuture());
    }
}
