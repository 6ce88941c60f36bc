package io.millrace.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.standalone.demo.scenario.Application;
import io.millrace.standalone.demo.scenario.Incident;
import io.millrace.standalone.demo.scenario.IncidentPlan;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The simulation against a clock that the test turns, with the real SDK up to the exporter. */
class PlaybackTest {
    private static final Instant EPOCH = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration STEP = Duration.ofMillis(20);

    private final Sent sent = new Sent();
    private final List<Map<String, ?>> files = new ArrayList<>();

    @Test
    void aSpanIsSentWhenItEnds() {
        Playback playback = playback(IncidentPlan.calm());

        for (Instant now = EPOCH; now.isBefore(EPOCH.plusSeconds(30)); now = now.plus(STEP)) {
            int before = sent.spans.size();
            playback.advance(now);
            for (SpanData span : sent.spans.subList(before, sent.spans.size())) {
                assertThat(end(span)).isAfter(now.minus(STEP)).isBeforeOrEqualTo(now);
            }
        }

        assertThat(sent.spans).hasSizeGreaterThan(2_000);
        assertThat(sent.spans)
                .anyMatch(span -> span.getStatus().getStatusCode() == StatusCode.ERROR
                        && span.getEvents().size() == 1);
    }

    @Test
    void everySpanOfAStoppedApplicationHasItsParent() {
        Playback playback = playback(IncidentPlan.calm());
        run(playback, Duration.ofSeconds(10));

        playback.stop(EPOCH.plusSeconds(10));

        Set<String> ids = sent.spans.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
        assertThat(sent.spans)
                .allMatch(span -> !span.getParentSpanContext().isValid() || ids.contains(span.getParentSpanId()))
                .allMatch(span -> !end(span).isAfter(EPOCH.plusSeconds(10)));
    }

    @Test
    void whatALongPauseWouldHaveHeldDidNotHappen() {
        Playback playback = playback(IncidentPlan.calm());
        Instant awake = EPOCH.plus(Duration.ofHours(1));

        playback.advance(awake);

        assertThat(sent.spans).isNotEmpty().allMatch(span -> end(span).isAfter(awake.minusSeconds(5)));
    }

    @Test
    void theFirstSpanOfEachIncidentIsNoted() {
        IncidentPlan plan = IncidentPlan.of(1);

        run(playback(plan), Duration.ofMinutes(6));

        List<?> entries = (List<?>) files.get(files.size() - 1).get("incidents");
        assertThat(entries).hasSize(4);
        for (int i = 0; i < entries.size(); i++) {
            Map<?, ?> entry = (Map<?, ?>) entries.get(i);
            Incident incident = plan.incidents().get(i);
            Instant begin = EPOCH.plus(incident.begin());
            assertThat(entry.get("kind")).isEqualTo(incident.kind().label());
            assertThat(entry.get("planned_begin")).isEqualTo(begin.toString());
            assertThat(Instant.parse((String) entry.get("first_span_acknowledged")))
                    .isBetween(begin, begin.plusSeconds(20));
        }
        // Once at the beginning, then for each incident once.
        assertThat(files).hasSize(5);
    }

    @Test
    void whatWasRefusedIsNotAcknowledged() {
        sent.good = false;

        run(playback(IncidentPlan.of(1)), Duration.ofMinutes(6));

        // Only the silence, of which nothing is sent.
        assertThat(files).hasSize(2);
    }

    @Test
    void attributesSayNothingOfIncidents() {
        run(playback(IncidentPlan.of(1)), Duration.ofMinutes(6));

        assertThat(sent.spans)
                .flatMap(span -> span.getAttributes().asMap().keySet())
                .extracting(Object::toString)
                .noneMatch(key -> key.contains("incident") || key.contains("demo"));
    }

    private void run(Playback playback, Duration time) {
        for (Instant now = EPOCH; now.isBefore(EPOCH.plus(time)); now = now.plus(STEP)) {
            sent.now = now;
            playback.advance(now);
        }
    }

    private Playback playback(IncidentPlan plan) {
        IncidentLog log = new IncidentLog(1, EPOCH, plan.incidents(), files::add);
        AcknowledgementWatch watch = new AcknowledgementWatch(sent, log, sent.clock());
        Deployments deployments = new Deployments(SimpleSpanProcessor.create(watch));
        return new Playback(new Application(1, plan), EPOCH, deployments::tracer, log, watch::watch);
    }

    private static Instant end(SpanData span) {
        return EPOCH.plusNanos(span.getEndEpochNanos() - TimeUnit.SECONDS.toNanos(EPOCH.getEpochSecond()));
    }

    /** An edge that takes everything at once, or nothing. */
    private static final class Sent implements SpanExporter {
        private final List<SpanData> spans = new ArrayList<>();
        private boolean good = true;
        private Instant now = EPOCH;

        Clock clock() {
            return new Clock() {
                @Override
                public Instant instant() {
                    return now;
                }

                @Override
                public ZoneOffset getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(java.time.ZoneId zone) {
                    return this;
                }
            };
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> batch) {
            spans.addAll(batch);
            return good ? CompletableResultCode.ofSuccess() : CompletableResultCode.ofFailure();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
