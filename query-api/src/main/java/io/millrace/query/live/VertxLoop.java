package io.millrace.query.live;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** The event loop of a connection. */
final class VertxLoop implements Loop {
    private final Vertx vertx;
    private final Context context;

    VertxLoop(Vertx vertx, Context context) {
        this.vertx = vertx;
        this.context = context;
    }

    @Override
    public void execute(Runnable work) {
        context.runOnContext(event -> work.run());
    }

    @Override
    public void after(long millis, Runnable work) {
        vertx.setTimer(Math.max(1, millis), timer -> execute(work));
    }
}
