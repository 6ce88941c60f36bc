package io.millrace.query.masking;

import io.millrace.query.db.Database;
import io.millrace.query.http.RequestBody;
import io.millrace.query.setting.Setting;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a project wants masked. */
public final class MaskingSetting implements Setting {
    private static final long MOST_BYTES = 128 << 10;

    private final MaskingStore store;

    public MaskingSetting(Database database) {
        this.store = new MaskingStore(database);
    }

    @Override
    public String name() {
        return "masking";
    }

    @Override
    public Set<String> fields() {
        return Masking.FIELDS;
    }

    @Override
    public long mostBytes() {
        return MOST_BYTES;
    }

    @Override
    public Future<Optional<byte[]>> find(UUID project) {
        return store.find(project).map(found -> found.map(Masking::json));
    }

    @Override
    public Future<Boolean> replace(UUID project, RequestBody document) {
        return store.replace(project, Masking.of(document));
    }
}
