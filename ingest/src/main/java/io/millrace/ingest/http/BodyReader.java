package io.millrace.ingest.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body as it arrives and counts real bytes, since most clients announce no length. When it is refused half-way
 * the rest is read and dropped, within bounds, so that the client gets to see the answer.
 */
final class BodyReader {
    private final Vertx vertx;
    private final HttpServerRequest request;
    private final int limit;
    private final HeldBytes body;
    private final Promise<HeldBytes> arrived = Promise.promise();
    private long timer = -1;
    private long dropped;

    private BodyReader(Vertx vertx, HttpServerRequest request, Budget budget, int limit) {
        this.vertx = vertx;
        this.request = request;
        this.limit = limit;
        this.body = new HeldBytes(budget, limit);
    }

    /**
     * Reads the body of {@code request}; to be called before the request's handler returns.
     *
     * @param limit the most bytes it may have on the wire
     * @param patience how long it may take to arrive
     * @return the body, to be closed by whoever takes it; a {@link Refused} otherwise, or any other error when the client
     *     has gone
     */
    static Future<HeldBytes> read(Vertx vertx, HttpServerRequest request, Budget budget, int limit, Duration patience) {
        return new BodyReader(vertx, request, budget, limit).start(patience);
    }

    /** Lets the body of a request that was answered already flow into nothing. */
    static void drop(Vertx vertx, HttpServerRequest request, Budget budget, int limit) {
        BodyReader reader = new BodyReader(vertx, request, budget, limit);
        request.handler(reader::drop);
        request.exceptionHandler(gone -> {});
    }

    private Future<HeldBytes> start(Duration patience) {
        request.handler(this::append);
        request.endHandler(end -> finish(null));
        request.exceptionHandler(this::finish);
        long announced = announcedLength();
        if (announced > limit) {
            finish(Failure.TOO_LARGE.because("at most " + limit + " bytes"));
            return arrived.future();
        }
        if (request.getHeader(HttpHeaders.EXPECT) != null) {
            request.response().writeContinue();
        }
        timer = vertx.setTimer(patience.toMillis(), late -> finish(Failure.SLOW_BODY.because("")));
        return arrived.future();
    }

    private long announcedLength() {
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return header == null ? -1 : Long.parseLong(header.strip());
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }

    private void append(Buffer chunk) {
        try {
            body.append(chunk);
        } catch (Refused refused) {
            finish(refused);
        }
    }

    private void finish(@Nullable Throwable reason) {
        if (arrived.future().isComplete()) {
            return;
        }
        vertx.cancelTimer(timer);
        if (reason == null) {
            arrived.complete(body);
            return;
        }
        body.close();
        request.handler(this::drop);
        arrived.fail(reason);
    }

    private void drop(Buffer chunk) {
        dropped += chunk.length();
        if (dropped > limit) {
            request.connection().close();
        }
    }
}
