package io.millrace.embedded;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;

/**
 * The cluster's own figures, under the names that Flink's Prometheus reporter gives them. That reporter opens a port of its
 * own without a password; this one opens none, and whoever has the cluster reads it.
 *
 * <p>Of Flink's several hundred figures per job those are kept that {@link #KEPT} names: neither ids of tasks and attempts
 * nor the groups of a connector's client become labels or names, so that a restart makes no new series.
 */
public final class FlinkMetrics {
    private static final Map<String, Set<String>> KEPT = Map.of(
            "jobmanager",
            Set.of("numRunningJobs", "taskSlotsAvailable", "taskSlotsTotal"),
            "jobmanager_job",
            Set.of(
                    "initializingState",
                    "runningState",
                    "restartingState",
                    "failingState",
                    "cancellingState",
                    "numRestarts",
                    "lastCheckpointDuration",
                    "lastCheckpointSize",
                    "lastCheckpointFullSize",
                    "lastCompletedCheckpointId",
                    "numberOfCompletedCheckpoints",
                    "numberOfFailedCheckpoints",
                    "numberOfInProgressCheckpoints"),
            "taskmanager_job_task",
            Set.of(
                    "busyTimeMsPerSecond",
                    "backPressuredTimeMsPerSecond",
                    "idleTimeMsPerSecond",
                    "isBackPressured",
                    "numRecordsIn",
                    "numRecordsOut"),
            "taskmanager_job_task_operator",
            Set.of(
                    "numRecordsIn",
                    "numRecordsOut",
                    "currentInputWatermark",
                    "currentOutputWatermark",
                    "pendingRecords",
                    "watermarkLag",
                    "currentEmitEventTimeLag",
                    "numRecordsInErrors",
                    "numRecordsOutErrors",
                    "numRecordsSendErrors"));
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
        String name() {
            return "flink_" + scope + "_" + metric;
        }
    }

    /** What the cluster reports to. */
    MetricReporter reporter() {
        return reporter;
    }

    /** Every figure that has a value, by name. A counter that ends with its task begins anew with the next one. */
    public List<Sample> read() {
        List<Sample> samples = new ArrayList<>(metrics.size());
        metrics.forEach((series, metric) -> value(metric)
                .ifPresent(value -> samples.add(new Sample(series.name(), series.scope(), series.labels(), value))));
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
        return scope.startsWith(OWN_GROUP) || KEPT.getOrDefault(scope, Set.of()).contains(metric);
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
