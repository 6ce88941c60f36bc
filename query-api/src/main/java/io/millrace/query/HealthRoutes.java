package io.millrace.query;

import io.millrace.query.db.Database;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.Replies;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;

/** Whether the process lives, and whether it can answer. */
final class HealthRoutes {
    private final Database database;
    private final BooleanSupplier isReady;

    HealthRoutes(Database database, BooleanSupplier isReady) {
        this.database = database;
        this.isReady = isReady;
    }

    void mount(Router router) {
        router.get("/health/live").handler(context -> reply(context, "live"));
        router.get("/health/ready").handler(this::ready);
    }

    private void ready(RoutingContext context) {
        database.ping()
                .compose(answered -> isReady.getAsBoolean()
                        ? Future.<Void>succeededFuture()
                        : Future.<Void>failedFuture(Problem.unavailable(
                                "open windows are still being read, or the feed is still being opened")))
                .onSuccess(ready -> reply(context, "ready"))
                .onFailure(context::fail);
    }

    private static void reply(RoutingContext context, String status) {
        Replies.json(context, 200, Json.write(out -> {
            out.writeStartObject();
            out.writeStringField("status", status);
            out.writeEndObject();
        }));
    }
}
