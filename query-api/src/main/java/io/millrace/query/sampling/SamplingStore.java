package io.millrace.query.sampling;

import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.UUID;

/** Samples of projects of any tenant, each change with its entry for the control topic in one transaction. */
final class SamplingStore {
    private final Database database;

    SamplingStore(Database database) {
        this.database = database;
    }

    /** A project's sample; nothing when there is no such project. */
    Future<Optional<Sampling>> find(UUID project) {
        return database.asNobody(client -> client.preparedQuery("select rate, keep_errors from sampling_of($1)")
                .execute(Tuple.of(project))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(sampling(rows.iterator().next()))));
    }

    private static Sampling sampling(Row row) {
        Double rate = row.getDouble("rate");
        return rate == null ? Sampling.ALL : new Sampling(rate, row.getBoolean("keep_errors"));
    }

    /** Replaces a project's sample; false when there is no such project. */
    Future<Boolean> replace(UUID project, Sampling sampling) {
        return database.asNobody(client -> client.preparedQuery("select set_sampling($1, $2, $3, $4) as found")
                .execute(Tuple.of(
                        project,
                        sampling.bodies(),
                        sampling.keepErrors(),
                        Buffer.buffer(sampling.controlValue(project))))
                .map(rows -> rows.iterator().next().getBoolean("found")));
    }
}
