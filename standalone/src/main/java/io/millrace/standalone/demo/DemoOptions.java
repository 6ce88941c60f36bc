package io.millrace.standalone.demo;

import io.millrace.standalone.demo.scenario.IncidentPlan;

/**
 * What the demo was asked for.
 *
 * @param seed of everything that is drawn
 * @param incidents whether anything goes wrong
 */
public record DemoOptions(long seed, boolean incidents) {
    public static final DemoOptions DEFAULT = new DemoOptions(1, true);

    public DemoOptions withSeed(long other) {
        return new DemoOptions(other, incidents);
    }

    public DemoOptions withIncidents(boolean wanted) {
        return new DemoOptions(seed, wanted);
    }

    IncidentPlan plan() {
        return incidents ? IncidentPlan.of(seed) : IncidentPlan.calm();
    }
}
