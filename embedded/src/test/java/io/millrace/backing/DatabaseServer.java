package io.millrace.backing;

/** A Postgres that tests may kill. */
public interface DatabaseServer {
    String host();

    /** It stays the same when the server was away. */
    int port();

    /** The superuser's name. */
    String user();

    /** The superuser's password. */
    String password();

    /** The address of a database for a JDBC driver, without user and password. */
    default String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /** Kills the server with all its connections, and returns when it has come back. */
    void crash();

    /** Kills the server with all its connections, and keeps it away until the outage is closed. */
    Outage outage();

    /** The time in which a server is away. */
    interface Outage extends AutoCloseable {
        /** Ends it: returns when the server has come back. */
        @Override
        void close();
    }
}
