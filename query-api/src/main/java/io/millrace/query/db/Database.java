package io.millrace.query.db;

import io.millrace.query.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool, and the two ways to use it: as a tenant, or as nobody. Every way ends within seconds: a database that is
 * away, busy or starting is a {@link Problem} of type unavailable. Connections that broke are replaced by themselves.
 */
public final class Database {
    private static final Logger LOGGER = LoggerFactory.getLogger(Database.class);
    private static final Duration ACQUIRE = Duration.ofSeconds(2);
    private static final Duration STATEMENT = Duration.ofSeconds(10);
    private static final Duration WHOLE = Duration.ofSeconds(20);
    private static final int MAX_WAITING = 512;

    /** SQL states that say nothing about the statement: shutting down, starting up, too many connections, cancelled. */
    private static final Set<String> PASSING = Set.of("57P01", "57P02", "57P03", "57P05", "53300", "53200", "57014");

    private final Pool pool;

    private Database(Pool pool) {
        this.pool = pool;
    }

    /** Connects when first used. */
    public static Database open(Vertx vertx, PgConnectOptions server, int connections) {
        PgConnectOptions options = new PgConnectOptions(server)
                .setCachePreparedStatements(true)
                .addProperty("application_name", "millrace-query")
                .addProperty("statement_timeout", Long.toString(STATEMENT.toMillis()))
                .addProperty("idle_in_transaction_session_timeout", Long.toString(WHOLE.toMillis()));
        PoolOptions pool = new PoolOptions()
                .setName("api")
                .setMaxSize(connections)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setConnectionTimeout((int) ACQUIRE.toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS);
        return new Database(PgBuilder.pool()
                .with(pool)
                .with(new NetClientOptions().setConnectTimeout((int) ACQUIRE.toMillis()))
                .connectingTo(options)
                .using(vertx)
                .build());
    }

    /**
     * Reads as a project: one snapshot, in which only that project's rows are to be seen, whatever the statements say.
     */
    public <T> Future<T> read(UUID project, Function<SqlConnection, Future<T>> work) {
        return bounded(pool.withTransaction(connection -> connection
                .query("set transaction isolation level repeatable read, read only")
                .execute()
                .compose(begun -> fence(connection, project))
                .compose(fenced -> work.apply(connection))));
    }

    /**
     * Changes rows as a project, all or none. Each statement sees what was committed before it, which is what a lock
     * taken in the first of them is worth having for.
     */
    public <T> Future<T> write(UUID project, Function<SqlConnection, Future<T>> work) {
        return bounded(pool.withTransaction(
                connection -> fence(connection, project).compose(fenced -> work.apply(connection))));
    }

    private static Future<?> fence(SqlConnection connection, UUID project) {
        return connection
                .preparedQuery("select set_config('app.project', $1, true)")
                .execute(Tuple.of(project.toString()));
    }

    /** As nobody: no tenant's row is to be seen; for the functions that look across tenants. */
    public <T> Future<T> asNobody(Function<SqlClient, Future<T>> work) {
        return bounded(work.apply(pool));
    }

    /** Several statements as nobody, all or none. */
    public <T> Future<T> asNobodyAtOnce(Function<SqlConnection, Future<T>> work) {
        return bounded(pool.withTransaction(work));
    }

    /** Whether the database answers. */
    public Future<Void> ping() {
        return bounded(pool.query("select 1").execute().mapEmpty());
    }

    public Future<Void> close() {
        return pool.close();
    }

    private static <T> Future<T> bounded(Future<T> work) {
        return work.timeout(WHOLE.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(told(failure)));
    }

    private static Throwable told(Throwable failure) {
        if (failure instanceof Problem
                || failure instanceof PgException pg && !isPassing(pg)
                || failure instanceof RuntimeException && isBug(failure)) {
            return failure;
        }
        LOGGER.atWarn().addKeyValue("reason", failure.toString()).log("database unavailable");
        return Problem.unavailable("the database does not answer");
    }

    private static boolean isPassing(PgException failure) {
        String state = failure.getSqlState();
        return state != null && (PASSING.contains(state) || state.startsWith("08"));
    }

    /** A failure of our own code, as opposed to the driver's ways to say that there is no connection. */
    private static boolean isBug(Throwable failure) {
        return !(failure.getClass().getName().startsWith("io.vertx."));
    }
}
