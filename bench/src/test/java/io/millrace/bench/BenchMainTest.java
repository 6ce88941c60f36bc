package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BenchMainTest {
    @Test
    void namesWhatExists() {
        assertThat(errorsOf(2, "throughput"))
                .contains("no benchmark 'throughput'", "clients, demo, edge, faults, feed, flow, refusals, silence");
        assertThat(errorsOf(2)).contains("clients, demo, edge, faults, feed, flow, refusals, silence");
        assertThat(errorsOf(2, "edge", "--payload", "fat")).contains("--payload takes lean, llm or both");
        assertThat(errorsOf(2, "edge", "--heap", "much")).contains("--heap takes a size");
        assertThat(errorsOf(2, "edge", "--repeats", "0")).contains("--repeats takes a number from 1");
        assertThat(errorsOf(2, "edge", "--zipkin", "no-such.jar")).contains("--zipkin takes the executable jar");
        assertThat(errorsOf(2, "faults", "--seeds", "1")).contains("no option '--seeds'");
        assertThat(errorsOf(2, "silence", "--windows", "0")).contains("--windows takes a whole number from 1");
        assertThat(errorsOf(2, "refusals", "--windows", "2")).contains("no option '--windows'");
        assertThat(errorsOf(2, "demo", "--incidents", "some")).contains("--incidents takes all or none");
        assertThat(errorsOf(2, "demo", "--seeds", "1,x")).contains("--seeds takes whole numbers");
        assertThat(errorsOf(2, "clients", "--faults", "fire")).contains("--faults takes some of kafka, edge");
        assertThat(errorsOf(2, "faults", "--kills", "some")).contains("--kills takes a whole number");
    }

    private static String errorsOf(int code, String... arguments) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertThat(BenchMain.run(arguments)).isEqualTo(code);
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
