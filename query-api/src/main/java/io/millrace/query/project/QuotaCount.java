package io.millrace.query.project;

import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the edges once a minute what projects with a quota have sent this month. Several processes may do it: what was said
 * already is not said again.
 */
public final class QuotaCount {
    private static final Logger LOGGER = LoggerFactory.getLogger(QuotaCount.class);
    private static final long PERIOD_MILLIS = 60_000;

    private final Vertx vertx;
    private final LimitStore store;
    private final Clock clock;
    private long timer = -1;
    private boolean counting;

    public QuotaCount(Vertx vertx, Database database, Clock clock) {
        this.vertx = vertx;
        this.store = new LimitStore(database);
        this.clock = clock;
    }

    public void start() {
        timer = vertx.setPeriodic(PERIOD_MILLIS, tick -> countUnlessCounting());
    }

    public Future<Void> close() {
        vertx.cancelTimer(timer);
        return Future.succeededFuture();
    }

    /** A count that takes longer than a minute is not joined by a second one. */
    private void countUnlessCounting() {
        if (counting) {
            return;
        }
        counting = true;
        count().onComplete(counted -> counting = false)
                .onFailure(failure -> LOGGER.atWarn()
                        .addKeyValue("reason", failure.toString())
                        .log("quotas were not counted"));
    }

    /** Counts, and says what changed. */
    Future<Void> count() {
        return store.count(Usage.monthOf(clock.instant())).compose(usages -> {
            Future<Boolean> said = Future.succeededFuture(false);
            for (Usage usage : usages) {
                said = said.compose(before -> store.say(usage));
            }
            return said.mapEmpty();
        });
    }
}
