package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The command lines of Postgres' programs. */
final class PostgresCommands {
    /** Below this, parallel queries run out of shared memory, as in a container with the usual 64 MB. */
    private static final long ENOUGH_SHARED_MEMORY = 256L << 20;

    private static final boolean IS_LINUX = Files.isDirectory(Path.of("/proc"));

    private final PostgresConfig config;
    private final Path home;
    private final Unprivileged unprivileged;

    PostgresCommands(PostgresConfig config, Path home, Unprivileged unprivileged) {
        this.config = config;
        this.home = home;
        this.unprivileged = unprivileged;
    }

    /** The built-in provider sorts the same on every operating system. */
    List<String> initdb(Path data, Path passwordFile) {
        var command = new ArrayList<>(List.of(program("initdb"), "-D", data.toString(), "-U", Postgres.USER));
        command.addAll(List.of("-A", "scram-sha-256", "--pwfile=" + passwordFile, "-E", "UTF8"));
        command.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"));
        if ("off".equals(config.settings().get("fsync"))) command.add("--no-sync");
        else if (IS_LINUX) command.add("--sync-method=syncfs"); // one call instead of one for each of a thousand files
        return unprivileged.command(command);
    }

    List<String> postgres(Path data) {
        var command = new ArrayList<>(List.of(program("postgres"), "-D", data.toString()));
        settings(data).forEach((name, value) -> {
            command.add("-c");
            command.add(name + "=" + value);
        });
        return unprivileged.mortalCommand(command, "INT");
    }

    private Map<String, String> settings(Path data) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("port", Integer.toString(config.port()));
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("unix_socket_directories", "");
        durable(settings);
        settings.put("shared_buffers", "256MB");
        // Keys are random: after each checkpoint nearly every row brings the whole page it falls into once more. With
        // checkpoints 20 s apart, as 2 GB gave at 12,500 spans/s, those pages were most of what was written.
        settings.put("max_wal_size", "8GB");
        settings.put("checkpoint_timeout", "10min");
        settings.put("wal_level", "minimal");
        settings.put("max_wal_senders", "0");
        if (understands(data, "wal_compression=lz4")) settings.put("wal_compression", "lz4");
        settings.put("autovacuum", "on");
        settings.put("jit", "off");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        discreet(settings);
        if (!enoughSharedMemory()) settings.put("dynamic_shared_memory_type", "mmap");
        settings.putAll(config.settings());
        return settings;
    }

    private static void durable(Map<String, String> settings) {
        settings.put("fsync", "on");
        settings.put("synchronous_commit", "on");
        settings.put("full_page_writes", "on");
    }

    /** No statement and no detail in the log: both quote values, and those may be somebody's prompt. */
    private static void discreet(Map<String, String> settings) {
        settings.put("log_error_verbosity", "terse");
        settings.put("log_min_error_statement", "panic");
    }

    private boolean understands(Path data, String setting) {
        return Command.succeeds(unprivileged.command(
                List.of(program("postgres"), "-D", data.toString(), "-c", setting, "-C", "wal_compression")));
    }

    private static boolean enoughSharedMemory() {
        try {
            return Files.getFileStore(Path.of("/dev/shm")).getTotalSpace() >= ENOUGH_SHARED_MEMORY;
        } catch (IOException e) {
            return !IS_LINUX; // nobody else needs it
        }
    }

    private String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }
}
