package io.millrace.query.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.query.http.Json;
import io.millrace.schema.wire.AnyValue;
import io.millrace.schema.wire.ArrayValue;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.KeyValueList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadJsonTest {
    private static String content(String text) {
        return new String(
                Json.write(out -> {
                    out.writeStartObject();
                    PayloadJson.writeContent(out, "c", text);
                    out.writeEndObject();
                }),
                StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1.10}       | {\"c\":{\"a\":1.10}}",
                " [1, 2]            | {\"c\":[1, 2]}",
                "42                 | {\"c\":\"42\"}",
                "true               | {\"c\":\"true\"}",
                "\"quoted\"         | {\"c\":\"\\\"quoted\\\"\"}",
                "{\"a\":1} trailing | {\"c\":\"{\\\"a\\\":1} trailing\"}",
                "{broken            | {\"c\":\"{broken\"}",
                "[NaN]              | {\"c\":\"[NaN]\"}"
            })
    void showsStructuresAsJsonAndTextAsText(String text, String expected) {
        assertThat(content(text)).isEqualTo(expected);
    }

    @Test
    void showsNoTextAsNull() {
        assertThat(content("")).isEqualTo("{\"c\":null}");
    }

    @Test
    void keepsATextThatNestsTooDeepAText() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);

        assertThat(content(deep)).startsWith("{\"c\":\"[[");
    }

    @Test
    void showsAttributesByTheirTypes() {
        var attributes = List.of(
                attribute("text", AnyValue.newBuilder().setStringValue("é")),
                attribute("flag", AnyValue.newBuilder().setBoolValue(true)),
                attribute("big", AnyValue.newBuilder().setIntValue(Long.MAX_VALUE)),
                attribute("ratio", AnyValue.newBuilder().setDoubleValue(0.5)),
                attribute("nan", AnyValue.newBuilder().setDoubleValue(Double.NaN)),
                attribute("bytes", AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(new byte[] {1, 2, 3}))),
                attribute(
                        "list",
                        AnyValue.newBuilder()
                                .setArrayValue(ArrayValue.newBuilder()
                                        .addValues(AnyValue.newBuilder().setIntValue(1))
                                        .addValues(AnyValue.newBuilder()))),
                attribute(
                        "map",
                        AnyValue.newBuilder()
                                .setKvlistValue(KeyValueList.newBuilder()
                                        .addValues(attribute(
                                                "k", AnyValue.newBuilder().setStringValue("v"))))),
                attribute("text", AnyValue.newBuilder().setStringValue("last")));

        String json = new String(
                Json.write(out -> {
                    out.writeStartObject();
                    PayloadJson.writeAttributes(out, "a", attributes);
                    out.writeEndObject();
                }),
                StandardCharsets.UTF_8);

        assertThat(json)
                .isEqualTo("{\"a\":{\"text\":\"last\",\"flag\":true,\"big\":9223372036854775807,\"ratio\":0.5,"
                        + "\"nan\":\"NaN\",\"bytes\":\"AQID\",\"list\":[1,null],\"map\":{\"k\":\"v\"}}}");
    }

    private static KeyValue attribute(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }
}
