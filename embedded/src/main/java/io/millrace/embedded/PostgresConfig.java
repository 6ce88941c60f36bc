package io.millrace.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How Postgres is set up.
 *
 * @param folder where the data and the server's log are
 * @param binaries where its programs are unpacked; may be shared by several servers
 * @param port the port on loopback
 * @param password the superuser's, taken at the first start of a folder
 * @param settings more settings of {@code postgresql.conf}; they win over ours
 */
public record PostgresConfig(Path folder, Path binaries, int port, String password, Map<String, String> settings) {

    public PostgresConfig {
        settings = Map.copyOf(settings);
    }

    /** A free port, and the folder {@code postgres} and the secret {@code postgres} of a data folder. */
    public static PostgresConfig in(DataFolder data) {
        var folder = data.folder("postgres");
        return new PostgresConfig(folder, folder, Ports.free(), data.secret("postgres"), Map.of());
    }

    /** The same with its programs unpacked elsewhere. */
    public PostgresConfig withBinaries(Path elsewhere) {
        return new PostgresConfig(folder, elsewhere, port, password, settings);
    }

    /** The same with one more setting of {@code postgresql.conf}. */
    public PostgresConfig with(String setting, String value) {
        var more = new HashMap<>(settings);
        more.put(setting, value);
        return new PostgresConfig(folder, binaries, port, password, more);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PostgresConfig[folder=" + folder + ", port=" + port + "]";
    }
}
