package io.millrace.ingest.http;

import io.millrace.ingest.metric.IngestMetrics;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes connections that cost more than they bring: those beyond the limit, and those that do not get another request's
 * headers together, however busily they send a byte now and then. One for each event loop and port, in front of what takes requests.
 */
public final class ConnectionWatch implements Handler<HttpServerRequest> {
    private final Vertx vertx;
    private final ConnectionLimits limits;
    private final AtomicInteger open;
    private final IngestMetrics metrics;
    private final Handler<HttpServerRequest> requests;
    private final Map<HttpConnection, Watched> watched = new IdentityHashMap<>();

    /**
     * @param open how many connections there are, shared with all other watches
     * @param requests takes them
     */
    public ConnectionWatch(
            Vertx vertx,
            ConnectionLimits limits,
            AtomicInteger open,
            IngestMetrics metrics,
            Handler<HttpServerRequest> requests) {
        this.vertx = vertx;
        this.limits = limits;
        this.open = open;
        this.metrics = metrics;
        this.requests = requests;
    }

    /** To be told of each new connection, on its event loop. */
    public void opened(HttpConnection connection) {
        if (open.incrementAndGet() > limits.most()) {
            open.decrementAndGet();
            metrics.connectionClosed("limit");
            connection.close();
            return;
        }
        Watched young = new Watched(connection);
        watched.put(connection, young);
        connection.closeHandler(closed -> {
            watched.remove(connection);
            open.decrementAndGet();
        });
        young.check();
    }

    @Override
    public void handle(HttpServerRequest request) {
        Watched its = watched.get(request.connection());
        if (its != null) {
            Runnable ended = its.begun();
            request.response().bodyEndHandler(answered -> ended.run());
            request.response().closeHandler(gone -> ended.run());
            requests.handle(request);
        }
    }

    /** What a connection does with its time. */
    private final class Watched {
        private final HttpConnection connection;
        private int underWay;
        private long since = System.nanoTime();

        Watched(HttpConnection connection) {
            this.connection = connection;
        }

        /** A request has begun; the result is to be run when it has ended, and may be run again. */
        Runnable begun() {
            underWay++;
            return new Runnable() {
                private boolean hasEnded;

                @Override
                public void run() {
                    underWay -= hasEnded ? 0 : 1;
                    hasEnded = true;
                    since = System.nanoTime();
                }
            };
        }

        /** One timer at a time, which looks again: cheaper than a new one with each request. */
        void check() {
            long idle = limits.idle().toNanos();
            long left = underWay == 0 ? idle - (System.nanoTime() - since) : idle;
            if (left > 0) {
                vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(left) + 1, again -> checkAgain());
            } else {
                metrics.connectionClosed("idle");
                connection.close();
            }
        }

        private void checkAgain() {
            if (watched.containsKey(connection)) {
                check();
            }
        }
    }
}
