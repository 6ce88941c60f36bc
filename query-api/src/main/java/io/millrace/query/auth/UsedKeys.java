package io.millrace.query.auth;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Keys that opened something here since that was last asked. Safe for threads. */
public final class UsedKeys {
    private final Set<UUID> keys = ConcurrentHashMap.newKeySet();

    void add(UUID key) {
        keys.add(key);
    }

    /** Takes them. */
    public Set<UUID> drain() {
        Set<UUID> drained = new HashSet<>();
        for (UUID key : keys) {
            if (keys.remove(key)) {
                drained.add(key);
            }
        }
        return drained;
    }

    /** Takes them back. */
    public void giveBack(Set<UUID> untold) {
        keys.addAll(untold);
    }
}
