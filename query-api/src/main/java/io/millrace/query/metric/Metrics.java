package io.millrace.query.metric;

import io.millrace.query.http.Json;
import io.millrace.query.http.Times;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Answers a query from the store and from what is not in it yet. */
final class Metrics {
    /** Taken off the time up to which the store is known to be whole, so that no write in flight is missed. */
    private static final Duration MARGIN = Duration.ofSeconds(20);

    private final MetricStore store;
    private final Overlay overlay;

    Metrics(MetricStore store, Overlay overlay) {
        this.store = store;
        this.overlay = overlay;
    }

    private record Key(long windowStart, List<String> dims) {}

    /**
     * @throws io.millrace.query.http.Problem when nothing that is kept can answer
     */
    Future<byte[]> answer(UUID project, MetricQuery query, Instant now) {
        Source source = Source.of(query);
        WindowRange range = WindowRange.of(query, source, now);
        // Taken before the snapshot: what is let go of in between is in the store by then.
        List<SeriesValue> unstored = overlay.values(project, source.cube(), range.from(), range.to());
        Points points = new Points(query, source, range);
        return store.read(
                project,
                source,
                snapshot -> snapshot.streamTime()
                        .compose(streamTime -> snapshot.stale(source.coarsest(), range.from(), range.to())
                                .map(stale -> cover(query, source, range, now, streamTime, stale, unstored))
                                .compose(cover -> sum(snapshot, cover, query, source, unstored, points))
                                .map(done -> write(points, query, range, asOf(streamTime)))));
    }

    /** How far what is summed goes: the log's own time at the last checkpoint, or the early values that are known. */
    private Optional<Instant> asOf(Optional<Instant> streamTime) {
        long known = overlay.knownUntilMillis();
        Instant early = Instant.ofEpochMilli(known);
        return known == 0 || streamTime.filter(early::isBefore).isPresent() ? streamTime : Optional.of(early);
    }

    private static List<Cover.Segment> cover(
            MetricQuery query,
            Source source,
            WindowRange range,
            Instant now,
            Optional<Instant> streamTime,
            List<Cover.Stale> stale,
            List<SeriesValue> unstored) {
        long closedUntil =
                streamTime.map(time -> time.minus(MARGIN).getEpochSecond()).orElse(0L);
        Set<Long> revised = new HashSet<>();
        unstored.forEach(value -> revised.add(value.windowStart()));
        return new Cover(source, now.getEpochSecond(), closedUntil, stale, revised)
                .of(range.from(), range.to(), query.step().orElse(source.coarsest()));
    }

    private static Future<Void> sum(
            MetricStore.Snapshot snapshot,
            List<Cover.Segment> cover,
            MetricQuery query,
            Source source,
            List<SeriesValue> unstored,
            Points points) {
        Map<Key, SeriesValue> newer = new HashMap<>();
        unstored.stream()
                .filter(value -> points.takes(value.dims()))
                .forEach(value -> newer.put(new Key(value.windowStart(), value.dims()), value));
        Future<Void> done = Future.succeededFuture();
        for (Cover.Segment segment : cover) {
            boolean shortest = segment.grain() == source.finest();
            done = done.compose(before -> snapshot.windows(segment, query.parts(), stored -> {
                if (points.takes(stored.dims())) {
                    points.add(shortest ? newest(stored, newer) : stored);
                }
            }));
        }
        // What the store did not have at all.
        return done.map(all -> {
            newer.values().forEach(points::add);
            return all;
        });
    }

    /** The greater revision of a window that both have; it is then not left over. */
    private static SeriesValue newest(SeriesValue stored, Map<Key, SeriesValue> newer) {
        @Nullable SeriesValue early = newer.remove(new Key(stored.windowStart(), stored.dims()));
        return early == null || stored.revision().compareTo(early.revision()) >= 0 ? stored : early;
    }

    private static byte[] write(Points points, MetricQuery query, WindowRange range, Optional<Instant> asOf) {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeStringField("step", query.step().map(step -> step.label()).orElse("all"));
            out.writeStringField("from", Times.format(Instant.ofEpochSecond(range.from())));
            out.writeStringField("to", Times.format(Instant.ofEpochSecond(range.to())));
            Json.text(out, "as_of", asOf.map(Times::format).orElse(null));
            points.write(out);
            out.writeEndObject();
        });
    }
}
