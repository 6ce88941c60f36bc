package io.millrace.ingest.limit;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an edge has taken from buckets ahead of its requests, so that most requests of a sender that may send much more than
 * one of them need not ask whoever counts for all edges. What is ahead was taken like anything else: all edges together never
 * take more than the limit in the long run, and at any moment each at most two hundredths of it more than the burst. Bounded,
 * and safe for threads.
 */
public final class Leases {
    private static final int MOST = 20_000;
    /** Of what may come in a second, and of what may come at once, one part in so many is taken ahead. */
    private static final long SHARE = 100;
    /** A lease for fewer requests than this spares nothing. */
    private static final long FEWEST_REQUESTS = 2;
    /** So many requests ask for themselves alone once there was nothing to take ahead: who is at the limit asks once each. */
    private static final int REST = 16;

    private final Map<List<String>, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);

    /** What is left for requests that take from the same buckets, and when more is asked for. */
    private static final class Lease {
        private long units;
        private boolean asking;
        private int rest;
    }

    /** Takes all of it from what is left, or nothing. */
    public synchronized boolean take(List<Charge> charges) {
        Lease lease = leases.get(ids(charges));
        if (lease == null || lease.units < charges.get(0).units()) {
            return false;
        }
        // Units were put there only for charges that are all of the same.
        lease.units -= charges.get(0).units();
        return true;
    }

    /**
     * How many units to take ahead, together with these charges; what became of it is to be said by {@link #answered}.
     *
     * @return 0 for none, which needs no answer
     */
    public synchronized long ask(List<Charge> charges) {
        long units = charges.get(0).units();
        long ahead = Long.MAX_VALUE;
        for (Charge charge : charges) {
            Limit limit = charge.bucket().limit();
            ahead = charge.units() == units ? Math.min(ahead, Math.min(limit.perSecond(), limit.burst()) / SHARE) : 0;
        }
        if (ahead < FEWEST_REQUESTS * units) {
            return 0;
        }
        Lease lease = leases.computeIfAbsent(ids(charges), none -> new Lease());
        shrink();
        if (lease.asking || lease.rest > 0) {
            lease.rest = Math.max(0, lease.rest - 1);
            return 0;
        }
        lease.asking = true;
        return ahead;
    }

    /** @param ahead how many units were taken ahead, together with these charges; 0 when there were not as many */
    public synchronized void answered(List<Charge> charges, long ahead) {
        Lease lease = leases.get(ids(charges));
        if (lease != null) {
            lease.asking = false;
            lease.units += ahead;
            lease.rest = ahead == 0 ? REST : 0;
        }
    }

    /** Those go that were not used longest: what they held is lost to their senders, which is little. */
    private void shrink() {
        Iterator<Lease> eldest = leases.values().iterator();
        while (leases.size() > MOST) {
            eldest.next();
            eldest.remove();
        }
    }

    private static List<String> ids(List<Charge> charges) {
        return charges.stream().map(charge -> charge.bucket().id()).toList();
    }
}
