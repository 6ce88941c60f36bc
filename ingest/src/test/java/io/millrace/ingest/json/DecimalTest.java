package io.millrace.ingest.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.Trials;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0",
                "0.1",
                "-0.1",
                "0.2",
                "0.95",
                "1.7",
                "123456.789012345",
                "9007199254740993",
                "999999999999999.9",
                "0.000000000000001",
                "1e3",
                "1E-7",
                "2.2250738585072014E-308",
                "1e400",
                "179769313486231570000",
                "0.3000000000000000444"
            })
    void isTheNearestDouble(String text) {
        assertThat(parse(text)).isEqualTo(Double.parseDouble(text));
    }

    @Test
    void isWhatJavaReads() {
        Trials.run(100_000, random -> {
            StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "-" : "");
            text.append(random.nextLong() >>> 1 + random.nextInt(62));
            if (random.nextInt(4) > 0) {
                text.append('.').append(random.nextLong() >>> 1 + random.nextInt(62));
            }
            assertThat(parse(text.toString())).as(text.toString()).isEqualTo(Double.parseDouble(text.toString()));
        });
    }

    private static double parse(String text) {
        byte[] bytes = ("," + text + "}").getBytes(StandardCharsets.US_ASCII);
        return Decimal.parse(bytes, 1, text.length());
    }
}
