package io.millrace.ingest.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body as it arrives and counts real bytes, since most clients announce no length. When it is refused half-way
 * the rest is read and dropped, within bounds, so that the client gets to see the answer.
 */
final class BodyReader {
    /** How HTTP/2 has a stream ended whose answer does not need the rest of the request. */
    private static final long NO_ERROR = 0;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final Intake intake;
    private final int limit;
    private final Promise<Packed> arrived = Promise.promise();
    private long timer = -1;

    private BodyReader(Vertx vertx, HttpServerRequest request, Intake intake, int limit) {
        this.vertx = vertx;
        this.request = request;
        this.intake = intake;
        this.limit = limit;
    }

    /**
     * Reads the body of {@code request}; to be called before the request's handler returns.
     *
     * @param intake is closed here unless all of the body comes
     * @param limit the most bytes it may announce on the wire
     * @param patience how long it may take to arrive
     * @return the body; a {@link Refused} otherwise, or any other error when the client has gone
     */
    static Future<Packed> read(Vertx vertx, HttpServerRequest request, Intake intake, int limit, Duration patience) {
        return new BodyReader(vertx, request, intake, limit).start(patience);
    }

    /**
     * Lets the body of a request that is answered already flow into nothing.
     *
     * @param limit of bytes, after which the client is cut off
     */
    static void drop(HttpServerRequest request, int limit) {
        UnreadBodies.drop(request.connection(), limit);
        request.handler(new Drain(request, limit));
        request.exceptionHandler(gone -> {});
    }

    private Future<Packed> start(Duration patience) {
        request.handler(this::append);
        request.endHandler(end -> finish(null));
        request.exceptionHandler(this::finish);
        if (announcedLength(request) > limit) {
            UnreadBodies.drop(request.connection(), limit);
            finish(Failure.TOO_LARGE.because("at most " + limit + " bytes"));
            return arrived.future();
        }
        if (request.getHeader(HttpHeaders.EXPECT) != null) {
            request.response().writeContinue();
        }
        timer = vertx.setTimer(patience.toMillis(), late -> finish(Failure.SLOW_BODY.because("")));
        return arrived.future();
    }

    /** What the headers say of the body's length; -1 when they say nothing. */
    static long announcedLength(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return header == null ? -1 : Long.parseLong(header.strip());
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }

    private void append(Buffer chunk) {
        if (arrived.future().isComplete()) {
            return;
        }
        try {
            intake.append(chunk);
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
            handOver();
        } else {
            intake.close();
            // Of a client that has gone nothing comes any more, and of HTTP/2 nobody may ask for it.
            if (reason instanceof Refused) {
                request.handler(new Drain(request, limit));
            }
            arrived.fail(reason);
        }
    }

    private void handOver() {
        try {
            arrived.complete(intake.whole());
        } catch (Refused incomplete) {
            intake.close();
            arrived.fail(incomplete);
        }
    }

    /** What is left of a body that nobody wants any more. */
    private static final class Drain implements Handler<Buffer> {
        private final HttpServerRequest request;
        private final int limit;
        private long dropped;

        Drain(HttpServerRequest request, int limit) {
            this.request = request;
            this.limit = limit;
        }

        @Override
        public void handle(Buffer chunk) {
            dropped += chunk.length();
            if (dropped > limit) {
                cutOff();
            }
        }

        /** A connection of HTTP/2 has other requests on it, whose senders have done nothing. */
        private void cutOff() {
            if (request.version() == HttpVersion.HTTP_2) {
                request.response().reset(NO_ERROR);
            } else {
                request.connection().close();
            }
        }
    }
}
