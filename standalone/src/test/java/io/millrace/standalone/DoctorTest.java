package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoctorTest {
    @TempDir
    private Path parent;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(List<String> arguments, Map<String, String> environment) {
        return new Doctor(new PrintStream(out, true, StandardCharsets.UTF_8)).run(arguments, environment);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private List<String> at(Path folder, int apiPort) {
        return List.of(
                "--data",
                folder.toString(),
                "--ingest-port",
                "0",
                "--grpc-port",
                "0",
                "--api-port",
                Integer.toString(apiPort),
                "--metrics-port",
                "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--demo", "--fresh", "--nonsense", "-v", "x", "--data", "--api-port x"})
    void refusesWhatMakesNoSense(String arguments) {
        assertThatThrownBy(() -> run(List.of(arguments.split(" ")), Map.of())).isInstanceOf(UsageException.class);
    }

    @Test
    void aFolderThatIsNotThereIsNoFailureAndIsNotMade() {
        Path folder = parent.resolve("data");

        int code = run(at(folder, 0), Map.of());

        assertThat(lines()).contains("ok    " + folder + " is made at the first start");
        assertThat(code).isZero();
        assertThat(folder).doesNotExist();
    }

    @Test
    void secretsThatOthersCanReadAreAFailure() throws IOException {
        Path folder = Files.createDirectory(
                parent.resolve("data"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path secrets = Files.writeString(folder.resolve("secrets"), "kafka=x\n");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-r--r--"));

        int code = run(at(folder, 0), Map.of());

        assertThat(code).isEqualTo(1);
        assertThat(lines())
                .contains("fail  " + secrets + " can be read or written by others  - chmod 600 " + secrets)
                .contains("ok    the folder is free to use")
                .noneMatch(line -> line.contains("kafka=x"));
    }

    @Test
    void aPortThatSomebodyElseHasIsAFailure() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(0));

            int code = run(at(parent.resolve("data"), socket.getLocalPort()), Map.of());

            assertThat(code).isEqualTo(1);
            assertThat(lines())
                    .contains("fail  port " + socket.getLocalPort()
                            + " is taken by another process  - stop it, or choose another with --api-port");
        }
    }

    @Test
    void saysWhichSettingOfTheServicesIsMissing() {
        int code = run(List.of(), Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "broker:9092"));

        assertThat(code).isEqualTo(1);
        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("fail  the environment: MILLRACE_POSTGRES_OWNER_PASSWORD is needed");
    }
}
