package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisIT {
    private static final int MEMORY_MIB = 8;

    @TempDir
    Path folder;

    private RedisConfig config() {
        return new RedisConfig(folder.resolve("redis"), Ports.free(), "secret", MEMORY_MIB);
    }

    @Test
    void wantsThePasswordAndKeepsNothingOnDisk() throws IOException {
        try (var redis = started(config())) {
            assertThat(say(redis, "PING")).startsWith("-NOAUTH");
            assertThat(say(redis, "AUTH wrong")).startsWith("-WRONGPASS");
            assertThat(say(redis, "AUTH secret", "SET a b", "GET a")).isEqualTo("b");
            assertThat(say(redis, "AUTH secret", "CONFIG GET save")).isEmpty();
            assertThat(say(redis, "AUTH secret", "CONFIG GET appendonly")).isEqualTo("no");
            assertThat(say(redis, "AUTH secret", "CONFIG GET maxmemory")).isEqualTo(String.valueOf(MEMORY_MIB << 20));
            assertThat(say(redis, "AUTH secret", "CONFIG GET bind")).isEqualTo("127.0.0.1");
            assertThat(redis.uri()).hasToString("redis://:secret@127.0.0.1:" + redis.port());
        }
        assertThat(Files.getPosixFilePermissions(folder.resolve("redis/redis.conf")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var files = Files.list(folder.resolve("redis"))) {
            assertThat(files.map(file -> file.getFileName().toString()).toList())
                    .doesNotContain("dump.rdb", "appendonly.aof");
        }
    }

    @Test
    void isStartedAgainOnItsPortWhenItIsKilled() throws IOException {
        var config = config();
        try (var redis = started(config)) {
            long first = redis.pid();

            Command.signal(first, "KILL");

            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> redis.pid() != first
                            && say(redis, "AUTH secret", "PING").equals("+PONG"));
            assertThat(redis.port()).isEqualTo(config.port());
        }
    }

    @Test
    void leavesNoProcessBehind() {
        var redis = started(config());
        long pid = redis.pid();
        assertThat(ProcessHandle.of(pid)).isPresent();

        redis.close();

        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void stopsAServerThatWasLeftBehindInItsFolder() throws IOException {
        var home = PrivateFiles.folder(folder.resolve("redis"));
        var port = Integer.toString(Ports.free());
        var orphan = new ProcessBuilder(RedisProgram.in(home), "--port", port, "--save", "")
                .directory(home.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Files.writeString(home.resolve("redis.pid"), orphan.pid() + "\n");
        assertThat(new DataFolderView(folder).redis()).hasValue(orphan.pid());

        try (var redis = started(config())) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(say(redis, "AUTH secret", "PING")).isEqualTo("+PONG");
        } finally {
            orphan.destroyForcibly();
        }
    }

    @Test
    void doesNotTakeAnotherProcessForItsServer() throws IOException {
        var bystander = new ProcessBuilder("sleep", "600").start();
        try (var elsewhere = started(new RedisConfig(folder.resolve("elsewhere"), Ports.free(), "other", MEMORY_MIB))) {
            for (long pid : List.of(bystander.pid(), elsewhere.pid())) {
                PrivateFiles.folder(folder.resolve("redis"));
                Files.writeString(folder.resolve("redis/redis.pid"), pid + "\n");
                started(config()).close();
            }
            assertThat(bystander.isAlive()).isTrue();
            assertThat(say(elsewhere, "AUTH other", "PING")).isEqualTo("+PONG");
        } finally {
            bystander.destroyForcibly();
        }
    }

    @Test
    void endsWithTheProcessThatStartedIt() throws Exception {
        assumeTrue(Command.succeeds(List.of("setpriv", "--pdeathsig", "TERM", "true")));
        try (var victim = Fork.of(Victim.class, folder.toString())) {
            var pid = Long.parseLong(
                    Files.readString(folder.resolve("redis/redis.pid")).strip());
            var redis = ProcessHandle.of(pid).orElseThrow();

            victim.kill();

            assertThat(redis.onExit()).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    @Test
    void saysWhatTheServerSaidWhenItCannotStart() throws IOException {
        try (var taken = started(config())) {
            var redis = new Redis(new RedisConfig(folder.resolve("second"), taken.port(), "another", MEMORY_MIB));
            assertThatThrownBy(redis::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("bind");
            redis.close();
        }
    }

    private static Redis started(RedisConfig config) {
        var redis = new Redis(config);
        redis.start();
        return redis;
    }

    /** The last line of the answers to some commands. */
    private static String say(Redis redis, String... commands) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
                var lines =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.getOutputStream()
                    .write((String.join("\r\n", commands) + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            var answers = lines.lines().toList();
            return answers.get(answers.size() - 2);
        }
    }

    /** Starts one and waits to be killed. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws Exception {
            started(new RedisConfig(Path.of(arguments[0]).resolve("redis"), Ports.free(), "secret", MEMORY_MIB));
            Fork.readyUntilKilled();
        }
    }
}
