package io.millrace.standalone.demo.scenario;

import io.opentelemetry.api.common.Attributes;
import java.time.Duration;
import java.util.Optional;

/**
 * A span as it will be sent.
 *
 * @param parent its parent's place in the list of the trace's spans, always before its own; -1: none
 * @param client whether it calls another process
 * @param start from the beginning of the demo
 * @param end from the beginning of the demo
 * @param failure empty: it went well
 * @param struckBy the incident that it shows the mark of
 */
public record SimulatedSpan(
        int parent,
        String name,
        boolean client,
        Duration start,
        Duration end,
        Attributes attributes,
        Optional<Failure> failure,
        Optional<Incident> struckBy) {
    public static final int NO_PARENT = -1;
}
