package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpJsonText.attribute;
import static io.millrace.ingest.otlp.OtlpJsonText.attributes;
import static io.millrace.ingest.otlp.OtlpJsonText.request;
import static io.millrace.ingest.otlp.OtlpJsonText.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.schema.wire.AnyValue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What OTLP/JSON calls an integer, and what 64 bits with a sign have room for. */
final class IntegerRangeTest {
    @ParameterizedTest
    @CsvSource({
        "9223372036854775808, 9.223372036854775807E18",
        "18446744073709551615, 1.8446744073709552E19",
        "18446744073709551616, 1.8446744073709552E19",
        "100000000000000000000, 1E20",
        "1e20, 1E20",
        "1.5, 1.5",
        "-9223372036854775809, -9.223372036854775807E18",
        "-100000000000000000000, -1E20"
    })
    void whatIsOutsideIsADouble(String sent, double kept) {
        assertThat(value(sent))
                .isEqualTo(AnyValue.newBuilder().setDoubleValue(kept).build());
        assertThat(value("\"" + sent + "\"")).isEqualTo(value(sent));
        assertThat(value("\" " + sent + "\"")).isEqualTo(value(sent));
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "1000000000000000000, 1000000000000000000",
        "-7, -7",
        "1e3, 1000",
        "-0, 0"
    })
    void whatIsInsideIsAnInteger(String sent, long kept) {
        assertThat(value(sent))
                .isEqualTo(AnyValue.newBuilder().setIntValue(kept).build());
        assertThat(value("\"" + sent + "\"")).isEqualTo(value(sent));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "many", "NaN", "Infinity", "0x10", "0x1p70", "1e20d", "1e", ".5", "--1", "1 000", "true"})
    void aTextThatIsNoNumberIsStillRefused(String text) {
        DecodedRequest request = decode("\"" + text + "\"");
        assertThat(request.request().refusals()).extracting(Refusal::reason).containsExactly(RefusalReason.MALFORMED);
    }

    private static AnyValue value(String json) {
        return decode(json).only().attribute("n");
    }

    private static DecodedRequest decode(String json) {
        return Capture.decode(
                request(span("s", attributes(attribute("n", "{\"intValue\":" + json + "}")))), OtlpEncoding.JSON);
    }
}
