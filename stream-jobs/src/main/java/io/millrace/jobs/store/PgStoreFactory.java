package io.millrace.jobs.store;

/**
 * Opens stores in a Postgres database.
 *
 * @param user a role with the rights of {@code millrace_writer}
 */
public record PgStoreFactory(String jdbcUrl, String user, String password) implements StoreFactory {
    @Override
    public Store open() {
        return new PgStore(new Database(jdbcUrl, user, password));
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PgStoreFactory[" + jdbcUrl + " as " + user + "]";
    }
}
