package io.millrace.query.auth;

import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Remembers for half a second who holds a secret, so that a deleted key stops within a second though not every request
 * asks the database. Secrets that nobody holds are not remembered: a new key works at once. Thread-safe.
 */
final class KeyCache implements Keys {
    private static final long KEPT_NANOS = Duration.ofMillis(500).toNanos();
    private static final int MAX_ENTRIES = 10_000;

    private final Keys keys;
    private final LongSupplier nanoTime;
    private final Map<ByteBuffer, Entry> entries = new ConcurrentHashMap<>();

    /** Counts from when the database was asked, not from when it answered. */
    private record Entry(Future<Optional<Principal>> answer, long askedAt) {}

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    KeyCache(Keys keys, LongSupplier nanoTime) {
        this.keys = keys;
        this.nanoTime = nanoTime;
    }

    @Override
    public Future<Optional<Principal>> byHash(byte[] secretSha256) {
        ByteBuffer hash = ByteBuffer.wrap(secretSha256);
        long now = nanoTime.getAsLong();
        Entry known = entries.get(hash);
        if (known != null && now - known.askedAt < KEPT_NANOS) {
            return known.answer;
        }
        if (entries.size() >= MAX_ENTRIES) {
            entries.clear();
        }
        Entry asked = new Entry(keys.byHash(secretSha256), now);
        entries.put(hash, asked);
        asked.answer.onComplete(result -> {
            if (result.failed() || result.result().isEmpty()) {
                entries.remove(hash, asked);
            }
        });
        return asked.answer;
    }
}
