package io.millrace.standalone.demo;

import io.millrace.standalone.demo.scenario.Application;
import io.millrace.standalone.demo.scenario.Deployment;
import io.millrace.standalone.demo.scenario.Failure;
import io.millrace.standalone.demo.scenario.Incident;
import io.millrace.standalone.demo.scenario.SimulatedSpan;
import io.millrace.standalone.demo.scenario.SimulatedTrace;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Lets the simulation happen: each span is begun and ended, with its own times, when the clock gets there. */
final class Playback {
    /** After a longer pause, of a sleeping computer say, what would have happened in it did not. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

    private static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");
    private static final AttributeKey<String> EXCEPTION_MESSAGE = AttributeKey.stringKey("exception.message");

    private final Application application;
    private final Instant epoch;
    private final Function<Deployment, Tracer> tracers;
    private final IncidentLog log;
    private final BiConsumer<String, Incident> struck;
    private final PriorityQueue<OpenSpan> open = new PriorityQueue<>(Comparator.comparing(OpenSpan::end));
    private SimulatedTrace next;

    /** A span that has been begun. */
    private record OpenSpan(Span span, SimulatedSpan simulated, Instant start, Instant end) {
        void endAt(Instant at) {
            simulated.failure().ifPresent(failure -> fail(failure, at));
            span.end(at);
        }

        private void fail(Failure failure, Instant at) {
            span.addEvent(
                    "exception",
                    Attributes.of(EXCEPTION_TYPE, failure.type(), EXCEPTION_MESSAGE, failure.message()),
                    at);
            span.setStatus(StatusCode.ERROR, failure.message());
        }
    }

    /**
     * @param epoch when the simulation's time begins
     * @param log is told of silences
     * @param struck is told the id of a span that shows an incident, before it ends
     */
    Playback(
            Application application,
            Instant epoch,
            Function<Deployment, Tracer> tracers,
            IncidentLog log,
            BiConsumer<String, Incident> struck) {
        this.application = application;
        this.epoch = epoch;
        this.tracers = tracers;
        this.log = log;
        this.struck = struck;
        this.next = application.next();
    }

    /** Lets everything happen that is due. */
    void advance(Instant now) {
        Instant forgotten = now.minus(LONGEST_DELAY);
        for (Instant start = at(next.start()); !start.isAfter(now); start = at(next.start())) {
            if (start.isAfter(forgotten)) {
                begin(next);
            }
            next = application.next();
        }
        for (OpenSpan first = open.peek(); first != null && !first.end().isAfter(now); first = open.peek()) {
            open.remove();
            first.endAt(first.end());
        }
    }

    /** Ends what is under way; what would have begun later is not sent. */
    void stop(Instant now) {
        List<OpenSpan> rest = new ArrayList<>(open);
        open.clear();
        for (OpenSpan span : rest) {
            if (!span.start().isAfter(now)) {
                span.endAt(now);
            }
        }
    }

    private void begin(SimulatedTrace trace) {
        if (trace.silencedBy().isPresent()) {
            Incident silence = trace.silencedBy().get();
            if (log.awaits(silence)) {
                log.firstSpan(silence, at(trace.firstEnd()));
            }
            return;
        }
        Tracer tracer = tracers.apply(trace.deployment());
        List<Span> begun = new ArrayList<>(trace.spans().size());
        for (SimulatedSpan simulated : trace.spans()) {
            Span span = begin(tracer, simulated, begun);
            begun.add(span);
            simulated
                    .struckBy()
                    .ifPresent(incident -> struck.accept(span.getSpanContext().getSpanId(), incident));
            open.add(new OpenSpan(span, simulated, at(simulated.start()), at(simulated.end())));
        }
    }

    private Span begin(Tracer tracer, SimulatedSpan simulated, List<Span> begun) {
        SpanBuilder builder = tracer.spanBuilder(simulated.name())
                .setSpanKind(simulated.client() ? SpanKind.CLIENT : SpanKind.INTERNAL)
                .setStartTimestamp(at(simulated.start()))
                .setAllAttributes(simulated.attributes());
        if (simulated.parent() == SimulatedSpan.NO_PARENT) {
            return builder.setNoParent().startSpan();
        }
        return builder.setParent(Context.root().with(begun.get(simulated.parent())))
                .startSpan();
    }

    private Instant at(Duration sinceEpoch) {
        return epoch.plus(sinceEpoch);
    }
}
