package io.millrace.standalone;

import java.util.Map;
import java.util.Optional;

/** The log, the database and the cache under everything; {@code up} brings its own, and a test may put others there. */
interface Servers {
    /** Starts the log, and returns when clients can work. */
    void startLog();

    /** Starts the database, and returns when it accepts connections. */
    void startDatabase();

    /** Starts the cache, if there is one, and returns when it answers. */
    void startCache();

    /** How clients of the log find it and log in. */
    Map<String, String> kafka();

    /** Where the database is. */
    String databaseHost();

    int databasePort();

    /** The superuser's name. */
    String user();

    /** The superuser's password. */
    String password();

    /** The address of the cache, with its password; empty if there is none. */
    Optional<String> cache();

    /** For {@code ports.json}, by service. */
    Map<String, Map<String, Object>> ports();
}
