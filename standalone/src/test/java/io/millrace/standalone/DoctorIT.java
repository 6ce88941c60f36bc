package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.embedded.DataFolder;
import io.millrace.embedded.DataFolderInUse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a stack with servers of its own, wherever the others' are: it is these that are looked at. */
class DoctorIT {
    private static Stack stack;

    @BeforeAll
    static void start() throws IOException {
        stack = Stack.in(Files.createTempDirectory("millrace-doctor-"));
    }

    @AfterAll
    static void stop() throws Exception {
        stack.close();
        SharedStack.delete(stack.folder());
    }

    @Test
    void findsARunningStackInOrderAndLeavesItAlone() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        int code = new Doctor(new PrintStream(out, true, StandardCharsets.UTF_8))
                .run(List.of("--data", stack.folder().toString()), Map.of());

        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).filteredOn(line -> line.startsWith("fail")).isEmpty();
        assertThat(code).isZero();
        assertThat(lines)
                .contains("ok    the folder is in use by process "
                        + ProcessHandle.current().pid())
                .contains("ok    the programs of Postgres run as this user")
                .contains("ok    no process was left behind")
                .contains("ok    Kafka: all topics are there, with the settings that the promise needs")
                .contains("ok    Postgres: fsync is on")
                .contains("ok    port " + stack.told("api", "port") + " (--api-port) is taken by this stack")
                .noneMatch(line ->
                        Stream.of("postgres", "kafka", "redis").anyMatch(name -> line.contains(stack.secret(name))));
        assertThatThrownBy(() -> DataFolder.open(stack.folder())).isInstanceOf(DataFolderInUse.class);
    }
}
