package io.millrace.standalone.demo.scenario;

import java.util.random.RandomGenerator;

/** Who comes: users of whom some hundred are there at a time, each for a handful of questions. */
final class Sessions {
    private static final int USERS = 1_500;
    private static final double LEAVING = 0.25;

    private final RandomGenerator random;
    private final Session[] present = new Session[120];

    /** A user and the conversation that goes on. */
    record Session(String id, String user) {}

    Sessions(RandomGenerator random) {
        this.random = random;
        for (int i = 0; i < present.length; i++) {
            present[i] = begin();
        }
    }

    /** The session of the next question. */
    Session next() {
        int place = random.nextInt(present.length);
        if (random.nextDouble() < LEAVING) {
            present[place] = begin();
        }
        return present[place];
    }

    private Session begin() {
        return new Session(
                String.format("conv-%08x", random.nextInt()), String.format("user-%04d", random.nextInt(USERS)));
    }
}
