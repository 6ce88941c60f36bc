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

class ItemCounterTest {
    @Test
    void countsThroughAllResourcesAndScopes() throws MalformedEnvelope {
        byte[] bytes = metrics();
        assertThat(ItemCounter.countProtobuf(bytes, bytes.length)).isEqualTo(5);
        assertThat(ItemCounter.countProtobuf(bytes, 0)).isZero();
    }

    @Test
    void readsNoFurtherThanTheBody() throws MalformedEnvelope {
        byte[] bytes = metrics();
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 100);
        Arrays.fill(longer, bytes.length, longer.length, (byte) 0xff);
        assertThat(ItemCounter.countProtobuf(longer, bytes.length)).isEqualTo(5);
    }

    @Test
    void refusesProtobufThatIsCutOff() {
        byte[] bytes = metrics();
        assertThatThrownBy(() -> ItemCounter.countProtobuf(bytes, bytes.length - 1))
                .isInstanceOf(MalformedEnvelope.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 0",
                "{\"resourceLogs\":[]} | 0",
                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{},{\"body\":{\"logRecords\":[{}]}}]}]}]} | 2",
                "{\"resource_logs\":[{\"scope_logs\":[{\"log_records\":[{}]},{\"log_records\":[{},{}]}]}]} | 3",
                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[1,null]}]}]} | 0",
            })
    void countsInJson(String json, int items) throws MalformedEnvelope {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThat(ItemCounter.countJson(bytes, bytes.length, "logRecords", "log_records"))
                .isEqualTo(items);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{\"a\":", "{\"resourceLogs\":[{]}"})
    void refusesWhatIsNoObject(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ItemCounter.countJson(bytes, bytes.length, "logRecords", "log_records"))
                .isInstanceOf(MalformedEnvelope.class);
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
