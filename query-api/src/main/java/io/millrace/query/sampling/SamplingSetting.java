package io.millrace.query.sampling;

import io.millrace.query.db.Database;
import io.millrace.query.http.RequestBody;
import io.millrace.query.setting.Setting;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Of which traces a project keeps the bodies. */
public final class SamplingSetting implements Setting {
    private static final long MOST_BYTES = 16 << 10;

    private final SamplingStore store;

    public SamplingSetting(Database database) {
        this.store = new SamplingStore(database);
    }

    @Override
    public String name() {
        return "sampling";
    }

    @Override
    public Set<String> fields() {
        return Sampling.FIELDS;
    }

    @Override
    public long mostBytes() {
        return MOST_BYTES;
    }

    @Override
    public Future<Optional<byte[]>> find(UUID project) {
        return store.find(project).map(found -> found.map(Sampling::json));
    }

    @Override
    public Future<Boolean> replace(UUID project, RequestBody document) {
        return store.replace(project, Sampling.of(document));
    }
}
