package io.millrace.ingest.admission;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** When keys were last used, as far as that was not told yet: at most one entry for each key. Safe for threads. */
public final class KeyUses {
    private final Map<UUID, Long> millis = new ConcurrentHashMap<>();

    void used(UUID key, long nowMillis) {
        millis.put(key, nowMillis);
    }

    /** Takes what is to be told, in milliseconds since the epoch by key. */
    public Map<UUID, Long> drain() {
        Map<UUID, Long> drained = new HashMap<>();
        millis.forEach((key, at) -> {
            if (millis.remove(key, at)) {
                drained.put(key, at);
            }
        });
        return drained;
    }

    /** Takes back what could not be told. */
    public void giveBack(Map<UUID, Long> untold) {
        untold.forEach((key, at) -> millis.merge(key, at, Math::max));
    }
}
