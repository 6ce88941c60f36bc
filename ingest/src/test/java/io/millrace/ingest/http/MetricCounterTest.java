package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.span.MalformedEnvelope;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricCounterTest {
    @Test
    void countsThroughAllResourcesAndScopes() throws MalformedEnvelope {
        byte[] bytes = metrics();
        assertThat(MetricCounter.countProtobuf(bytes, bytes.length)).isEqualTo(5);
        assertThat(MetricCounter.countProtobuf(bytes, 0)).isZero();
    }

    @Test
    void readsNoFurtherThanTheBody() throws MalformedEnvelope {
        byte[] bytes = metrics();
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 100);
        Arrays.fill(longer, bytes.length, longer.length, (byte) 0xff);
        assertThat(MetricCounter.countProtobuf(longer, bytes.length)).isEqualTo(5);
    }

    @Test
    void refusesProtobufThatIsCutOff() {
        byte[] bytes = metrics();
        assertThatThrownBy(() -> MetricCounter.countProtobuf(bytes, bytes.length - 1))
                .isInstanceOf(MalformedEnvelope.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 0",
                "{\"resourceMetrics\":[]} | 0",
                "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{},{\"body\":{\"metrics\":[{}]}}]}]}]} | 2",
                "{\"resource_metrics\":[{\"scope_metrics\":[{\"metrics\":[{}]},{\"metrics\":[{},{}]}]}]} | 3",
                "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[1,null]}]}]} | 0",
            })
    void countsInJson(String json, int items) throws MalformedEnvelope {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThat(MetricCounter.countJson(bytes, bytes.length)).isEqualTo(items);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{\"a\":", "{\"resourceMetrics\":[{]}"})
    void refusesWhatIsNoObject(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> MetricCounter.countJson(bytes, bytes.length)).isInstanceOf(MalformedEnvelope.class);
    }

    private static byte[] metrics() {
        Metric.Builder metric = Metric.newBuilder().setName("m");
        ScopeMetrics.Builder scope =
                ScopeMetrics.newBuilder().addMetrics(metric).addMetrics(metric);
        return ExportMetricsServiceRequest.newBuilder()
                .addResourceMetrics(ResourceMetrics.newBuilder()
                        .setResource(Resource.newBuilder().setDroppedAttributesCount(3))
                        .addScopeMetrics(scope)
                        .addScopeMetrics(scope))
                .addResourceMetrics(ResourceMetrics.newBuilder()
                        .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(metric)))
                .build()
                .toByteArray();
    }
}
