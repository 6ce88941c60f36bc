package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.standalone.demo.DemoOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpOptionsTest {
    @Test
    void withoutOptionsTheDocumentedPortsAndFolder() {
        assertThat(UpOptions.parse(List.of()))
                .isEqualTo(new UpOptions(Path.of("data"), 4318, 4317, 8080, 9464, false, false));
    }

    @Test
    void everyOptionSaysOneThing() {
        assertThat(parse("--data /d --ingest-port 1 --grpc-port 2 --api-port 3 --metrics-port 4 --fresh --yes"))
                .isEqualTo(new UpOptions(Path.of("/d"), 1, 2, 3, 4, true, true));
    }

    @Test
    void anyNumberOfPortsMayBeFree() {
        assertThat(parse("--ingest-port 0 --grpc-port 0 --api-port 0 --metrics-port 0"))
                .isEqualTo(new UpOptions(Path.of("data"), 0, 0, 0, 0, false, false));
    }

    @Test
    void theDemoHasASeedAndIncidentsUnlessToldOtherwise() {
        assertThat(parse("--fresh").demo()).isEmpty();
        assertThat(parse("--demo").demo()).contains(new DemoOptions(1, true));
        assertThat(parse("--demo-seed 7 --demo --demo-incidents none --api-port 0"))
                .isEqualTo(new UpOptions(
                        Path.of("data"), 4318, 4317, 0, 9464, false, false, Optional.of(new DemoOptions(7, false))));
        assertThat(parse("--demo --demo-incidents all --demo-seed -3").demo()).contains(new DemoOptions(-3, true));
    }

    @ParameterizedTest
    @CsvSource({
        "--demo-seed 7, --demo-seed wants --demo",
        "--demo-incidents none, --demo-incidents wants --demo",
        "--demo --demo-seed, --demo-seed wants a value",
        "--demo --demo-seed one, '--demo-seed wants a whole number, not one'",
        "--demo --demo-incidents some, '--demo-incidents wants all or none, not some'",
        "--port 1, up does not know --port",
        "--data, --data wants a value",
        "--api-port many, '--api-port wants a port, not many'",
        "--api-port 65536, '--api-port wants a port from 0 to 65535, not 65536'",
        "--api-port -1, '--api-port wants a port from 0 to 65535, not -1'",
        "--api-port 4318, two services cannot share port 4318"
    })
    void whatMakesNoSenseIsSaid(String arguments, String message) {
        assertThatThrownBy(() -> parse(arguments))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    private static UpOptions parse(String arguments) {
        return UpOptions.parse(Arrays.asList(arguments.split(" ")));
    }
}
