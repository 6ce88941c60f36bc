package io.millrace.query.project;

import io.millrace.query.db.Database;
import io.millrace.query.http.Json;
import io.millrace.query.http.RequestBody;
import io.millrace.query.setting.Setting;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** How much a project may send, shown with what it has sent this month. */
public final class LimitSetting implements Setting {
    private static final long MOST_BYTES = 16 << 10;

    private final LimitStore store;
    private final Clock clock;

    public LimitSetting(Database database, Clock clock) {
        this.store = new LimitStore(database);
        this.clock = clock;
    }

    @Override
    public String name() {
        return "limits";
    }

    @Override
    public Set<String> fields() {
        return Limits.FIELDS;
    }

    @Override
    public long mostBytes() {
        return MOST_BYTES;
    }

    @Override
    public Future<Optional<byte[]>> find(UUID project) {
        return store.find(project, Usage.monthOf(clock.instant())).map(found -> found.map(LimitSetting::json));
    }

    @Override
    public Future<Boolean> replace(UUID project, RequestBody document) {
        return store.replace(project, Limits.of(document));
    }

    private static byte[] json(LimitStore.Known known) {
        return Json.write(out -> {
            out.writeStartObject();
            known.limits().write(out);
            out.writeFieldName("spans_this_month");
            if (known.spans().isPresent()) {
                out.writeNumber(known.spans().get());
            } else {
                out.writeNull();
            }
            out.writeEndObject();
        });
    }
}
