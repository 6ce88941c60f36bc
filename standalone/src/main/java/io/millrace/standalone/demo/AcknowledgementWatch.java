package io.millrace.standalone.demo;

import io.millrace.standalone.demo.scenario.Incident;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An exporter that notes when the first span of an incident was acknowledged. What is sent says nothing of incidents. */
final class AcknowledgementWatch implements SpanExporter {
    private final SpanExporter exporter;
    private final IncidentLog log;
    private final Clock clock;
    private final Map<String, Incident> awaited = new ConcurrentHashMap<>();

    /** @param exporter sends */
    AcknowledgementWatch(SpanExporter exporter, IncidentLog log, Clock clock) {
        this.exporter = exporter;
        this.log = log;
        this.clock = clock;
    }

    /** To be said before the span ends. */
    void watch(String spanId, Incident incident) {
        if (log.awaits(incident)) {
            awaited.put(spanId, incident);
        }
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        Set<Incident> held = held(spans);
        CompletableResultCode result = exporter.export(spans);
        if (!held.isEmpty()) {
            result.whenComplete(() -> {
                if (result.isSuccess()) {
                    held.forEach(incident -> log.firstSpan(incident, clock.instant()));
                    awaited.values().removeAll(held);
                }
            });
        }
        return result;
    }

    private Set<Incident> held(Collection<SpanData> spans) {
        Set<Incident> held = new HashSet<>();
        if (!awaited.isEmpty()) {
            for (SpanData span : spans) {
                Incident incident = awaited.get(span.getSpanId());
                if (incident != null) {
                    held.add(incident);
                }
            }
        }
        return held;
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
