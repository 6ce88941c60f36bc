package io.millrace.schema.sql;

/** The database roles that services log in as. None of them owns a table. */
public enum ServiceRole {
    /** The jobs' sinks. */
    WRITER("millrace_writer"),
    /** The API: every row it sees is fenced to one project. */
    API("millrace_api"),
    /** Coarser rollups, recompute, retention. */
    KEEPER("millrace_keeper");

    private final String user;

    ServiceRole(String user) {
        this.user = user;
    }

    /** Its user name in Postgres. */
    public String user() {
        return user;
    }
}
