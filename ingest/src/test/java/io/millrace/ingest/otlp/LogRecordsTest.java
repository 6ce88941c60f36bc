package io.millrace.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.millrace.ingest.Trials;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestSpans;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogRecordsTest {
    @Test
    void anEventOfNoSpanIsCountedApart() throws MalformedEnvelope {
        LogRecord plain = LogRecord.newBuilder()
                .setBody(text("gen_ai.choice"))
                .setSeverityText("gen_ai.choice")
                .addAttributes(attribute("gen_ai.system", "openai"))
                .addAttributes(attribute("event.name", "exception"))
                .build();
        LogRecord named = LogRecord.newBuilder()
                .setEventName("gen_ai.client.inference.operation.details")
                .build();
        LogRecord marked = plain.toBuilder()
                .addAttributes(attribute("event.name", "gen_ai.user.message"))
                .build();

        assertThat(protobuf(request(plain, named, plain, marked, LogRecord.getDefaultInstance())))
                .isEqualTo(Map.of("logs_not_joined", 2, "not_a_span", 3));
    }

    @Test
    void aRecordThatCannotBeReadIsCountedAndTakesNoNeighbour() throws MalformedEnvelope {
        ByteString broken = ByteString.copyFrom(new byte[] {0x32, 0x7f, 1});
        ByteString scope = ScopeLogs.newBuilder()
                .addLogRecords(LogRecord.newBuilder().setEventName("gen_ai.choice"))
                .build()
                .toByteString()
                .concat(ByteString.copyFrom(new byte[] {0x12, (byte) broken.size()}))
                .concat(broken);
        ByteString resource =
                ByteString.copyFrom(new byte[] {0x12, (byte) scope.size()}).concat(scope);
        byte[] body = ByteString.copyFrom(new byte[] {0x0a, (byte) resource.size()})
                .concat(resource)
                .toByteArray();

        assertThat(protobuf(body)).isEqualTo(Map.of("logs_not_joined", 1, "not_a_span", 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 0 | 0",
                "{\"resourceLogs\":[]} | 0 | 0",
                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{},{\"body\":{\"logRecords\":[{}]}}]}]}]} | 0 | 2",
                "{\"resource_logs\":[{\"scope_logs\":[{\"log_records\":[{\"event_name\":\"gen_ai.choice\"}]}]}]} | 1 | 0",
                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"gen_ai.x\",\"attributes\":[1,{}]}]}]}]} | 1 | 0",
                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":{\"a\":[]},\"attributes\":{}}]}]}]} | 0 | 1",
                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[1,null,[{}]]}]}]} | 0 | 0",
            })
    void jsonIsCountedTheSame(String json, int aboutAModel, int others) throws MalformedEnvelope {
        Map<String, Integer> counts = json(json);
        assertThat(counts.getOrDefault("logs_not_joined", 0)).isEqualTo(aboutAModel);
        assertThat(counts.getOrDefault("not_a_span", 0)).isEqualTo(others);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{\"a\":", "{\"resourceLogs\":[{]}", "{\"resourceLogs\":[", "{} {}"})
    void whatIsNoObjectIsRefused(String json) {
        assertThatThrownBy(() -> json(json)).isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void anythingEndsWithCountsOrOneError() {
        byte[] recorded = Capture.bytes("otel-genai/002.bin");
        Trials.run(2_000, random -> {
            byte[] bytes = recorded.clone();
            for (int i = 0; i < 4; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                protobuf(bytes);
                json(new String(bytes, StandardCharsets.ISO_8859_1));
            } catch (MalformedEnvelope refused) {
                assertThat(refused).hasMessageContaining("the body");
            }
        });
    }

    private static byte[] request(LogRecord... records) {
        ScopeLogs.Builder scope = ScopeLogs.newBuilder()
                .setScope(InstrumentationScope.newBuilder().setName("s"));
        for (LogRecord each : records) {
            scope.addLogRecords(each);
        }
        return ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder().addScopeLogs(scope))
                .build()
                .toByteArray();
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(text(value)).build();
    }

    private static AnyValue text(String value) {
        return AnyValue.newBuilder().setStringValue(value).build();
    }

    private static Map<String, Integer> protobuf(byte[] body) throws MalformedEnvelope {
        return counts(OtlpEncoding.PROTOBUF, body);
    }

    private static Map<String, Integer> json(String body) throws MalformedEnvelope {
        return counts(OtlpEncoding.JSON, body.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, Integer> counts(OtlpEncoding encoding, byte[] body) throws MalformedEnvelope {
        RequestSpans items = LogRecords.decode(encoding, body, body.length, DecodedRequest.CONTEXT);
        new DecodedRequest(items);
        return items.ignoredByReason();
    }
}
