package io.millrace.query;

import io.millrace.query.db.Database;
import io.millrace.query.http.Json;
import io.millrace.query.http.Replies;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Whether the process lives, and whether it can answer: without a key, in the form that every service has. */
final class HealthRoutes {
    private final Database database;
    private final BooleanSupplier isReady;

    HealthRoutes(Database database, BooleanSupplier isReady) {
        this.database = database;
        this.isReady = isReady;
    }

    /** A part that is not ready, and why. */
    private record Reason(String part, String why) {}

    void mount(Router router) {
        router.get("/health/live").handler(context -> reply(context, 200, "live", Stream.empty()));
        router.get("/health/ready").handler(this::ready);
    }

    private void ready(RoutingContext context) {
        databaseIsAway().onComplete(asked -> {
            var reasons = Stream.concat(asked.result().stream(), windowsAreMissing().stream())
                    .toList();
            if (reasons.isEmpty()) {
                reply(context, 200, "ready", Stream.empty());
            } else {
                reply(context, 503, "not_ready", reasons.stream());
            }
        });
    }

    private Future<Optional<Reason>> databaseIsAway() {
        return database.ping()
                .map(Optional.<Reason>empty())
                .otherwise(failure -> Optional.of(new Reason("database", String.valueOf(failure.getMessage()))));
    }

    private Optional<Reason> windowsAreMissing() {
        return isReady.getAsBoolean()
                ? Optional.empty()
                : Optional.of(
                        new Reason("windows", "open windows are still being read, or the feed is still being opened"));
    }

    private static void reply(RoutingContext context, int code, String status, Stream<Reason> reasons) {
        var listed = reasons.toList();
        Replies.json(context, code, Json.write(out -> {
            out.writeStartObject();
            out.writeStringField("status", status);
            if (!listed.isEmpty()) {
                out.writeArrayFieldStart("reasons");
                for (Reason reason : listed) {
                    out.writeStartObject();
                    out.writeStringField("part", reason.part());
                    out.writeStringField("reason", reason.why());
                    out.writeEndObject();
                }
                out.writeEndArray();
            }
            out.writeEndObject();
        }));
    }
}
