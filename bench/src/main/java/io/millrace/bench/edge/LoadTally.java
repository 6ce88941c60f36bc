package io.millrace.bench.edge;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What became of the requests of a {@link Load}; one thread counts, others look. */
final class LoadTally {
    private final LongAdder sent = new LongAdder();
    private final LongAdder taken = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private final Map<String, LongAdder> wrong = new ConcurrentHashMap<>();

    /**
     * So far.
     *
     * @param taken requests of which every span was acknowledged
     * @param refused answered 503 or 429 with {@code Retry-After}
     * @param wrong answered otherwise, by what it was
     * @param unanswered whose connection broke, or that were waited for in vain
     */
    record Counts(long sent, long taken, long refused, Map<String, Long> wrong, long unanswered) {
        /** What was added since. */
        Counts since(Counts before) {
            Map<String, Long> added = new TreeMap<>();
            wrong.forEach((what, count) -> {
                long more = count - before.wrong.getOrDefault(what, 0L);
                if (more > 0) {
                    added.put(what, more);
                }
            });
            return new Counts(
                    sent - before.sent,
                    taken - before.taken,
                    refused - before.refused,
                    added,
                    unanswered - before.unanswered);
        }

        /** Whether every answer was a success. */
        boolean isClean() {
            return refused == 0 && isAnswered();
        }

        /** Whether every request was taken, or refused as it should be. */
        boolean isAnswered() {
            return unanswered == 0 && wrong.isEmpty();
        }
    }

    void sent() {
        sent.increment();
    }

    void unanswered(String why) {
        unanswered.increment();
        wrong(why);
    }

    void answered(HttpAnswer answer) {
        if (answer.isSuccess() && answer.isWhole()) {
            taken.increment();
        } else if (answer.isPoliteRefusal()) {
            refused.increment();
        } else {
            wrong(answer.isSuccess() ? "taken in part" : "status " + answer.status());
        }
    }

    private void wrong(String what) {
        wrong.computeIfAbsent(what, absent -> new LongAdder()).increment();
    }

    Counts counts() {
        Map<String, Long> all = new TreeMap<>();
        wrong.forEach((what, count) -> all.put(what, count.sum()));
        return new Counts(sent.sum(), taken.sum(), refused.sum(), all, unanswered.sum());
    }
}
