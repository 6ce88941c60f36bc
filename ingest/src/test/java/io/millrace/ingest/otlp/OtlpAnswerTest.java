package io.millrace.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import io.millrace.ingest.span.RequestSpans;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class OtlpAnswerTest {
    @Test
    void successSaysNothing() throws IOException {
        assertThat(OtlpEncoding.PROTOBUF.answer(0, "")).isEmpty();
        assertThat(text(OtlpEncoding.JSON.answer(0, ""))).isEqualTo("{\"partialSuccess\":{}}");
    }

    @Test
    void whatWasRefusedIsCountedAndNamed() throws IOException {
        String zero = "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"0000000000000000\"}";
        RequestSpans spans = Capture.decode(
                        OtlpJsonText.request(OtlpJsonText.span("good"), zero, OtlpJsonText.span("bad", "\"links\":7")),
                        OtlpEncoding.JSON)
                .request();

        ExportTraceServiceResponse response = ExportTraceServiceResponse.parseFrom(OtlpEncoding.PROTOBUF.answer(spans));

        assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(2);
        String message = response.getPartialSuccess().getErrorMessage();
        assertThat(message)
                .startsWith("2 of 3 spans refused: 1 missing_id, 1 malformed;")
                .contains("span 1 (0af7651916cd43dd8448eb211c80319c/?) missing_id")
                .contains("span 2 (0af7651916cd43dd8448eb211c80319c/b7ad6b7169203331) malformed: links is no array");
        assertThat(text(OtlpEncoding.JSON.answer(spans)))
                .startsWith("{\"partialSuccess\":{\"rejectedSpans\":\"2\",\"errorMessage\":\"2 of 3 spans refused");
    }

    @Test
    void errorsAreStatusMessages() throws IOException {
        CodedInputStream status = CodedInputStream.newInstance(OtlpEncoding.PROTOBUF.error(14, "say \"please\""));
        assertThat(status.readTag()).isEqualTo(1 << 3);
        assertThat(status.readInt32()).isEqualTo(14);
        assertThat(status.readTag()).isEqualTo(2 << 3 | 2);
        assertThat(status.readString()).isEqualTo("say \"please\"");
        assertThat(status.isAtEnd()).isTrue();
        assertThat(text(OtlpEncoding.JSON.error(3, "say \"please\"")))
                .isEqualTo("{\"code\":3,\"message\":\"say \\\"please\\\"\"}");
    }

    @Test
    void contentTypesAreKnownByTheirBeginning() {
        assertThat(OtlpEncoding.of("application/json; charset=utf-8")).isEqualTo(OtlpEncoding.JSON);
        assertThat(OtlpEncoding.of("Application/X-Protobuf")).isEqualTo(OtlpEncoding.PROTOBUF);
        assertThat(OtlpEncoding.of("text/plain")).isNull();
        assertThat(OtlpEncoding.of(null)).isNull();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
