package io.millrace.standalone.demo.scenario;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A span whose end is not known yet. */
final class SpanDraft {
    private final int parent;
    private final String name;
    private final boolean client;
    private final Duration start;
    private final AttributesBuilder attributes = Attributes.builder();
    private Duration end;
    private Optional<Failure> failure = Optional.empty();
    private Optional<Incident> struckBy = Optional.empty();

    SpanDraft(int parent, String name, boolean client, Duration start) {
        this.parent = parent;
        this.name = name;
        this.client = client;
        this.start = start;
        this.end = start;
    }

    SpanDraft put(String key, String value) {
        attributes.put(key, value);
        return this;
    }

    SpanDraft put(String key, long value) {
        attributes.put(key, value);
        return this;
    }

    SpanDraft put(String key, double value) {
        attributes.put(key, value);
        return this;
    }

    SpanDraft put(String key, boolean value) {
        attributes.put(key, value);
        return this;
    }

    SpanDraft put(String key, List<String> values) {
        attributes.put(AttributeKey.stringArrayKey(key), values);
        return this;
    }

    SpanDraft fail(Failure reason) {
        failure = Optional.of(reason);
        return put("error.type", reason.type());
    }

    /** Of several incidents the last counts; they do not overlap. */
    SpanDraft strike(Optional<Incident> incident) {
        if (incident.isPresent()) {
            struckBy = incident;
        }
        return this;
    }

    void end(Duration at) {
        end = at;
    }

    SimulatedSpan finished() {
        return new SimulatedSpan(parent, name, client, start, end, attributes.build(), failure, struckBy);
    }
}
