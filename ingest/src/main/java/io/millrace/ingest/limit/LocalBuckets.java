package io.millrace.ingest.limit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Buckets in this process: exact for one edge, in bounded memory. Safe for threads. */
public final class LocalBuckets {
    private static final int MOST = 20_000;

    private final LongSupplier nanos;
    private final Map<String, Long> takenUntil = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param nanos the time to count by, in nanoseconds; it never goes back
     */
    public LocalBuckets(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Takes all of it, or nothing.
     *
     * @param edges how many share each limit: what is taken counts so many times
     */
    public synchronized Verdict take(List<Charge> charges, int edges) {
        long now = nanos.getAsLong();
        Verdict verdict = Verdict.TAKEN;
        List<Long> backlogs = new ArrayList<>(charges.size());
        for (Charge charge : charges) {
            Bucket bucket = charge.bucket();
            long cost = bucket.limit().cost(charge.units() * edges);
            long backlog = Limit.backlog(takenUntil.getOrDefault(bucket.id(), now), now);
            long wait = Limit.wait(backlog, cost, bucket.limit().tolerance());
            if (wait > verdict.waitNanos()) {
                verdict = new Verdict(bucket.name(), wait);
            }
            backlogs.add(backlog + cost);
        }
        if (verdict.isTaken()) {
            for (int i = 0; i < charges.size(); i++) {
                takenUntil.put(charges.get(i).bucket().id(), now + backlogs.get(i));
            }
            shrink(now);
        }
        return verdict;
    }

    /** A bucket without a backlog is as one that is not there; where that is not enough, those go that were not used longest. */
    private void shrink(long now) {
        if (takenUntil.size() <= MOST) {
            return;
        }
        takenUntil.values().removeIf(until -> until - now <= 0);
        var eldest = takenUntil.keySet().iterator();
        while (takenUntil.size() > MOST) {
            eldest.next();
            eldest.remove();
        }
    }

    int size() {
        return takenUntil.size();
    }
}
