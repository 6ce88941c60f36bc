package io.millrace.ingest.langsmith;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected numbers are those of {@code date -d ... +%s%N}. */
final class RunTimeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"2026-11-20T21:57:05.939001Z\" | 1795211825939001000",
                "\"2026-11-20T21:57:05.939001+00:00\" | 1795211825939001000",
                "\"2026-11-20T22:57:05.939001+01:00\" | 1795211825939001000",
                "\"2026-11-20T21:57:05.939001\" | 1795211825939001000",
                "\"2026-11-20 21:57:05.939001\" | 1795211825939001000",
                "\"2026-11-20T21:57:05\" | 1795211825000000000",
                "\"2026-11-20T21:57:05.123456789Z\" | 1795211825123456789",
                "1795211826757 | 1795211826757000000",
                "1795211826757.0 | 1795211826757000000",
                "1795211826757.5 | 1795211826757500000",
                "\"1795211826757\" | 1795211826757000000",
                "0 | 0",
                "null | 0",
                "\"\" | 0",
                "-5 | -1",
                "1e300 | -1",
                "9223372036854775807 | -1",
                "\"9223372036854775807\" | -1",
                "\"yesterday\" | -1",
                "\"2026-11-20\" | -1",
                "\"2026-13-20T21:57:05Z\" | -1",
                "\"1969-12-31T23:59:59Z\" | -1",
                "\"9999-12-31T23:59:59Z\" | -1",
                "true | -1",
                "{} | -1",
                "[1] | -1"
            })
    void readsWhatTheSdksWrite(String json, long nanos) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            assertThat(RunTime.nanos(parser)).isEqualTo(nanos);
            assertThat(parser.nextToken()).isNull();
        }
    }
}
