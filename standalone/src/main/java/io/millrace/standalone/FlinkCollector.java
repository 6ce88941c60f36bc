package io.millrace.standalone;

import io.millrace.embedded.FlinkMetrics;
import io.millrace.embedded.FlinkMetrics.Sample;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shows the cluster's figures beside those of the services. All are gauges, as in Flink's own reporter. */
final class FlinkCollector implements MultiCollector {
    private final FlinkMetrics metrics;

    FlinkCollector(FlinkMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();
        for (Sample sample : metrics.read()) {
            gauges.computeIfAbsent(
                            sample.name(),
                            name -> GaugeSnapshot.builder()
                                    .name(name)
                                    .help("Flink's figure of the scope " + sample.scope()))
                    .dataPoint(GaugeDataPointSnapshot.builder()
                            .labels(labels(sample.labels()))
                            .value(sample.value())
                            .build());
        }
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        gauges.values().forEach(gauge -> snapshots.metricSnapshot(gauge.build()));
        return snapshots.build();
    }

    private static Labels labels(Map<String, String> labels) {
        Labels.Builder builder = Labels.builder();
        labels.forEach(builder::label);
        return builder.build();
    }
}
