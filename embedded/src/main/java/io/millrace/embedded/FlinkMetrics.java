package io.millrace.embedded;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;

/**
 * The cluster's own figures, under Flink's names in snake case, in seconds, bytes and shares of one. Flink's Prometheus
 * reporter opens a port of its own without a password; this one opens none, and whoever has the cluster reads it.
 *
 * <p>Of Flink's several hundred figures per job those are kept that {@link #KEPT} names: neither ids of tasks and attempts
 * nor the groups of a connector's client become labels or names, so that a restart makes no new series.
 */
public final class FlinkMetrics {
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");
    private static final double MILLI = 1e-3;

    /** What is kept of each scope: Flink's name, and Prometheus' for it. */
    private static final Map<String, Map<String, Exposed>> KEPT = Map.of(
            "jobmanager",
            Map.ofEntries(
                    entry("numRunningJobs"), entry("taskSlotsAvailable"), entry("taskSlotsTotal", "task_slots", 1)),
            "jobmanager_job",
            Map.ofEntries(
                    entry("initializingState"),
                    entry("runningState"),
                    entry("restartingState"),
                    entry("failingState"),
                    entry("cancellingState"),
                    entry("numRestarts"),
                    entry("lastCheckpointDuration", "last_checkpoint_duration_seconds", MILLI),
                    entry("lastCheckpointSize", "last_checkpoint_size_bytes", 1),
                    entry("lastCheckpointFullSize", "last_checkpoint_full_size_bytes", 1),
                    entry("lastCompletedCheckpointId"),
                    entry("numberOfCompletedCheckpoints"),
                    entry("numberOfFailedCheckpoints"),
                    entry("numberOfInProgressCheckpoints")),
            "taskmanager_job_task",
            Map.ofEntries(
                    entry("busyTimeMsPerSecond", "busy_time_ratio", MILLI),
                    entry("backPressuredTimeMsPerSecond", "back_pressured_time_ratio", MILLI),
                    entry("idleTimeMsPerSecond", "idle_time_ratio", MILLI),
                    entry("isBackPressured"),
                    entry("numRecordsIn"),
                    entry("numRecordsOut")),
            "taskmanager_job_task_operator",
            Map.ofEntries(
                    entry("numRecordsIn"),
                    entry("numRecordsOut"),
                    entry("currentInputWatermark", "current_input_watermark_seconds", MILLI),
                    entry("currentOutputWatermark", "current_output_watermark_seconds", MILLI),
                    entry("pendingRecords"),
                    entry("watermarkLag", "watermark_lag_seconds", MILLI),
                    entry("currentEmitEventTimeLag", "current_emit_event_time_lag_seconds", MILLI),
                    entry("numRecordsInErrors"),
                    entry("numRecordsOutErrors"),
                    entry("numRecordsSendErrors")));
    /** What an operator counts in this group of its own is kept whole, whatever it is. */
    private static final String OWN_GROUP = "taskmanager_job_task_operator_millrace";

    private static final Set<String> LABELS =
            Set.of("job_name", "task_name", "operator_name", "subtask_index", "table");

    private final ConcurrentMap<Series, Metric> metrics = new ConcurrentHashMap<>();
    private final MetricReporter reporter = new Reporter();

    /**
     * A value as it is now.
     *
     * @param name as Prometheus writes it
     * @param scope the part of Flink that it is of
     */
    public record Sample(String name, String scope, Map<String, String> labels, double value) {}

    private record Series(String scope, String metric, Map<String, String> labels) {
        Sample sample(double value) {
            Exposed exposed = KEPT.getOrDefault(scope, Map.of()).getOrDefault(metric, new Exposed(metric, 1));
            return new Sample("flink_" + scope + "_" + exposed.name, scope, labels, value * exposed.factor);
        }
    }

    /** A name in the form that Prometheus wants, and what brings the value into its unit. */
    private record Exposed(String name, double factor) {}

    private static Map.Entry<String, Exposed> entry(String metric) {
        return entry(metric, CAPITAL.matcher(metric).replaceAll("_$0").toLowerCase(Locale.ROOT), 1);
    }

    private static Map.Entry<String, Exposed> entry(String metric, String name, double factor) {
        return Map.entry(metric, new Exposed(name, factor));
    }

    /** What the cluster reports to. */
    MetricReporter reporter() {
        return reporter;
    }

    /** Every figure that has a value, by name. A counter that ends with its task begins anew with the next one. */
    public List<Sample> read() {
        List<Sample> samples = new ArrayList<>(metrics.size());
        metrics.forEach((series, metric) -> value(metric).ifPresent(value -> samples.add(series.sample(value))));
        samples.sort(Comparator.comparing(Sample::name)
                .thenComparing(sample -> sample.labels().toString()));
        return samples;
    }

    private static OptionalDouble value(Metric metric) {
        try {
            if (metric instanceof Counter counter) {
                return OptionalDouble.of(counter.getCount());
            }
            if (metric instanceof Meter meter) {
                return OptionalDouble.of(meter.getRate());
            }
            return metric instanceof Gauge<?> gauge ? number(gauge.getValue()) : OptionalDouble.empty();
        } catch (RuntimeException e) {
            // A gauge of a task that is being taken down reads what is gone already.
            return OptionalDouble.empty();
        }
    }

    private static OptionalDouble number(Object value) {
        if (value instanceof Number number) {
            return OptionalDouble.of(number.doubleValue());
        }
        return value instanceof Boolean holds ? OptionalDouble.of(holds ? 1 : 0) : OptionalDouble.empty();
    }

    private static boolean isKept(String scope, String metric) {
        return scope.startsWith(OWN_GROUP) || KEPT.getOrDefault(scope, Map.of()).containsKey(metric);
    }

    private static Map<String, String> labels(MetricGroup group) {
        Map<String, String> labels = new TreeMap<>();
        group.getAllVariables().forEach((variable, value) -> {
            String label = variable.substring(1, variable.length() - 1);
            if (LABELS.contains(label)) {
                labels.put(label, value);
            }
        });
        return Map.copyOf(labels);
    }

    private final class Reporter implements MetricReporter {
        @Override
        public void open(MetricConfig config) {
            // There is nothing to open.
        }

        @Override
        public void close() {
            metrics.clear();
        }

        @Override
        public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
            String scope = scope(group);
            if (isKept(scope, name)) {
                metrics.put(new Series(scope, name, labels(group)), metric);
            }
        }

        @Override
        public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
            // Not what the next attempt has put in its place already.
            metrics.remove(new Series(scope(group), name, labels(group)), metric);
        }

        private static String scope(MetricGroup group) {
            return LogicalScopeProvider.castFrom(group).getLogicalScope(text -> text, '_');
        }
    }
}
