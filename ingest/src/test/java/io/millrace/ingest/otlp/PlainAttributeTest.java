package io.millrace.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.Trials;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonReader;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attributes that are known by their shape, against the same ones with a blank, which are read token by token. */
class PlainAttributeTest {
    private static final String[] VALUES = {
        "{\"stringValue\":\"chat\"}",
        "{\"stringValue\":\"\"}",
        "{\"stringValue\":\"a \\\"text\\\" of \\u00e9 and €\"}",
        "{\"stringValue\":null}",
        "{\"stringValue\":7}",
        "{\"intValue\":\"1024\"}",
        "{\"intValue\":\" 12 \"}",
        "{\"intValue\":\"-3\"}",
        "{\"intValue\":\"\"}",
        "{\"intValue\":\"007\"}",
        "{\"intValue\":7}",
        "{\"intValue\":007}",
        "{\"intValue\":-7}",
        "{\"intValue\":1.5}",
        "{\"intValue\":1e3}",
        "{\"intValue\":999999999999999999}",
        "{\"intValue\":18446744073709551615}",
        "{\"doubleValue\":0.25}",
        "{\"doubleValue\":-0.0}",
        "{\"doubleValue\":12345678901234567890.5}",
        "{\"doubleValue\":1e-7}",
        "{\"doubleValue\":3}",
        "{\"doubleValue\":\"NaN\"}",
        "{\"doubleValue\":NaN}",
        "{\"boolValue\":true}",
        "{\"arrayValue\":{\"values\":[{\"intValue\":\"1\"}]}}",
        "{\"stringValue\":\"a\",\"intValue\":\"1\"}",
        "{}"
    };

    private static final byte[] TOO_DEEP = "MalformedSpan".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"key\":\"k\",\"value\":{\"stringValue\":\"chat\"}}|0A 0B 0A 01 6B 12 06 0A 04 63 68 61 74",
                "{\"key\":\"k\",\"value\":{\"intValue\":\"300\"}}|0A 08 0A 01 6B 12 03 18 AC 02",
                "{\"key\":\"k\",\"value\":{\"intValue\":300}}|0A 08 0A 01 6B 12 03 18 AC 02",
                "{\"key\":\"k\",\"value\":{\"doubleValue\":-0.5}}|0A 0E 0A 01 6B 12 09 21 00 00 00 00 00 00 E0 BF"
            })
    void isWrittenAsProtobuf(String attribute, String bytes) {
        assertThat(written("[" + attribute + "]"))
                .isEqualTo(java.util.HexFormat.ofDelimiter(" ").withUpperCase().parseHex(bytes));
        assertThat(written("[{ " + attribute.substring(1) + "]")).isEqualTo(written("[" + attribute + "]"));
    }

    @Test
    void isReadAsTokenByToken() {
        Trials.run(40_000, random -> {
            String attribute = "{\"key\":\"" + Trials.oneOf(random, "a", "gen_ai.system", "", "\\n", "é")
                    + "\",\"value\":" + Trials.oneOf(random, VALUES) + "}";
            byte[] plain = ("[" + attribute + "," + attribute + "]").getBytes(StandardCharsets.UTF_8);
            for (int i = random.nextInt(3); i > 0; i--) {
                plain[2 + random.nextInt(plain.length - 2)] = (byte) "{}[]\",:\\u0-1.e tn".charAt(random.nextInt(17));
            }
            // A blank within, where it means nothing.
            byte[] blank = Arrays.copyOf(plain, plain.length + 1);
            System.arraycopy(plain, 2, blank, 3, plain.length - 2);
            blank[2] = ' ';
            assertThat(written(plain))
                    .as(new String(plain, StandardCharsets.UTF_8))
                    .isEqualTo(written(blank));
        });
    }

    @Test
    void isNestedNoDeeperThanOthers() {
        String inner = "{\"key\":\"k\",\"value\":{\"intValue\":\"1\"}}";
        String list = "{\"key\":\"k\",\"value\":{\"kvlistValue\":{\"values\":[" + inner + "]}}}";
        String lists = "{\"key\":\"k\",\"value\":{\"kvlistValue\":{\"values\":[" + list + "]}}}";
        assertThat(written("[" + list + "]")).isNotEqualTo(TOO_DEEP);
        assertThat(written("[" + lists + "]")).isEqualTo(TOO_DEEP);
        assertThat(written("[" + lists.replace("{", "{ ") + "]")).isEqualTo(TOO_DEEP);
    }

    private static byte[] written(String array) {
        return written(array.getBytes(StandardCharsets.UTF_8));
    }

    /** What becomes of an array of attributes, or of an error. */
    private static byte[] written(byte[] array) {
        WireWriter out = new WireWriter(64);
        // Something behind, as in a whole body: shapes are not looked for at its very end.
        byte[] body = Arrays.copyOf(array, array.length + 40);
        Arrays.fill(body, array.length, body.length, (byte) ' ');
        JsonReader reader = new JsonBody(body, 0, body.length).reader();
        try {
            reader.nextToken();
            new OtlpJsonValues(out, 2).attributes(reader, 1);
            assertThat(reader.currentToken()).isEqualTo(JsonToken.END_ARRAY);
            assertThat(reader.depth()).isZero();
            return reader.nextToken() == null ? out.toByteArray() : "goes on".getBytes(StandardCharsets.UTF_8);
        } catch (MalformedSpan | MalformedEnvelope refused) {
            return refused.getClass().getSimpleName().getBytes(StandardCharsets.UTF_8);
        }
    }
}
