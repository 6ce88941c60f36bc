package io.millrace.bench.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What is killed when, drawn from a seed. Every kind of fault has its turn before one comes again. */
final class FaultPlan {
    private static final int SHORTEST_PAUSE_MILLIS = 500;
    private static final int LONGEST_PAUSE_MILLIS = 8_000;
    private static final int ONE_IN = 4;

    private final Random random;
    private final List<Fault> faults;
    private final List<Fault> turn = new ArrayList<>();

    /**
     * One kill.
     *
     * @param pauseMillis how long after the recovery from the one before
     * @param duringCatchUp whether the one before need not be caught up with: only ingest has to answer again
     */
    record Kill(Fault fault, int pauseMillis, boolean duringCatchUp) {}

    /** @param faults what may be killed */
    FaultPlan(long seed, List<Fault> faults) {
        this.random = new Random(seed);
        this.faults = List.copyOf(faults);
    }

    Kill next() {
        if (turn.isEmpty()) {
            turn.addAll(faults);
            Collections.shuffle(turn, random);
        }
        Fault fault = turn.remove(turn.size() - 1);
        int pause = SHORTEST_PAUSE_MILLIS + random.nextInt(LONGEST_PAUSE_MILLIS - SHORTEST_PAUSE_MILLIS);
        return new Kill(fault, pause, random.nextInt(ONE_IN) == 0);
    }
}
