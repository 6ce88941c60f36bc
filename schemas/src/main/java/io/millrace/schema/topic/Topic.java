package io.millrace.schema.topic;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every topic with its settings, in one place. Retention is by time only: a limit in bytes would delete spans that were
 * acknowledged.
 */
public enum Topic {
    /** Span batches and ticks; no key, since merging is commutative and the jobs regroup by trace. */
    SPANS("millrace.spans.v1", 4, Duration.ofDays(7), false),
    TRACES("millrace.traces.v1", 1, Duration.ofDays(1), false),
    ROLLUPS("millrace.rollups.v1", 1, Duration.ofDays(2), false),
    ANOMALIES("millrace.anomalies.v1", 1, Duration.ofDays(30), false),
    CONTROL("millrace.control.v1", 1, Duration.ZERO, true),
    REJECTED("millrace.rejected.v1", 1, Duration.ofDays(7), false);

    /** Header of a record of {@link #SPANS}: an encoded {@code Counts}. */
    public static final String COUNTS_HEADER = "counts";
    /** Header of a record of {@link #SPANS} that is there again, to be understood this time: an encoded {@code Replay}. */
    public static final String REPLAY_HEADER = "replay";
    /** Header of a tick of {@link #SPANS}: milliseconds since the epoch, eight bytes big-endian. */
    public static final String TICK_HEADER = "tick";
    /** The largest record, in bytes: above the largest span that the edge accepts. */
    public static final int MAX_RECORD_BYTES = 12 * 1024 * 1024;

    /**
     * How far a record's time may be ahead of the broker's clock, in milliseconds: any. A record has the time of its
     * writer, whose clock may be wrong by more than the hour that Kafka allows of itself; it would be refused for good.
     */
    public static final long MAX_TIME_AHEAD_MILLIS = Long.MAX_VALUE;

    private final String id;
    private final int partitions;
    private final Duration kept;
    private final boolean compacted;

    Topic(String id, int partitions, Duration kept, boolean compacted) {
        this.id = id;
        this.partitions = partitions;
        this.kept = kept;
        this.compacted = compacted;
    }

    /** Its name in Kafka. */
    public String id() {
        return id;
    }

    /** How many partitions it is made with on a single machine. */
    public int partitions() {
        return partitions;
    }

    /** The settings it is made with, in Kafka's names. */
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("compression.type", compacted ? "producer" : "lz4");
        settings.put("max.message.bytes", Integer.toString(MAX_RECORD_BYTES));
        settings.put("message.timestamp.type", "CreateTime");
        settings.put("message.timestamp.after.max.ms", Long.toString(MAX_TIME_AHEAD_MILLIS));
        settings.put("segment.bytes", Integer.toString(128 * 1024 * 1024));
        settings.put("retention.bytes", "-1");
        if (compacted) {
            settings.put("cleanup.policy", "compact");
        } else {
            settings.put("cleanup.policy", "delete");
            settings.put("retention.ms", Long.toString(kept.toMillis()));
        }
        return settings;
    }
}
