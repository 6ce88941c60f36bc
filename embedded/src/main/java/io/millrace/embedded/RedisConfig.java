package io.millrace.embedded;

import java.nio.file.Path;

/**
 * How Redis is set up.
 *
 * @param folder where its program, settings and log are; it keeps no data
 * @param port the port on loopback
 * @param password that clients need
 * @param memoryMib the most that what it keeps may take; beyond it the keys that end soonest go first
 */
public record RedisConfig(Path folder, int port, String password, int memoryMib) {
    private static final int MEMORY_MIB = 64;

    /** A free port, and the folder {@code redis} and the secret {@code redis} of a data folder. */
    public static RedisConfig in(DataFolder data) {
        return new RedisConfig(data.folder("redis"), Ports.free(), data.secret("redis"), MEMORY_MIB);
    }

    /** What {@code redis.conf} says. The password is in no command line, where everybody on the machine could read it. */
    String settings() {
        return String.join(
                "\n",
                "bind 127.0.0.1",
                "protected-mode yes",
                "port " + port,
                "requirepass " + password,
                "dir ./",
                "daemonize no",
                "save \"\"",
                "appendonly no",
                "maxmemory " + memoryMib + "mb",
                "maxmemory-policy volatile-ttl",
                "");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "RedisConfig[folder=" + folder + ", port=" + port + "]";
    }
}
