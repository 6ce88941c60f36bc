package io.millrace.query;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API as a process of its own, set up by environment variables. */
public final class QueryMain {
    private static final Logger LOGGER = LoggerFactory.getLogger(QueryMain.class);
    private static final long STOP_SECONDS = 15;

    private QueryMain() {}

    public static void main(String[] arguments) throws Exception {
        QueryConfig config;
        try {
            config = QueryConfig.from(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Vertx vertx = Vertx.vertx();
        Query query = Query.start(vertx, config)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        LOGGER.atInfo().addKeyValue("port", query.port()).log("query API ready");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, query)));
    }

    private static void stop(Vertx vertx, Query query) {
        try {
            query.close()
                    .transform(closed -> vertx.close())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            LOGGER.atWarn().setCause(e).log("not stopped in order");
        }
    }
}
