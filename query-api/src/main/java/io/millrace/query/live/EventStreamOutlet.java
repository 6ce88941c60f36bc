package io.millrace.query.live;

import io.vertx.core.http.HttpServerResponse;

/**
 * A client that reads Server-Sent Events: each message is one event, and its cursor the event's id. Events have no name, so
 * that {@code onmessage} gets all of them.
 */
final class EventStreamOutlet implements Outlet {
    private final HttpServerResponse response;

    EventStreamOutlet(HttpServerResponse response) {
        this.response = response;
    }

    /** Sends the head, so that the client knows that it is connected. */
    void open() {
        response.setChunked(true)
                .putHeader("content-type", "text/event-stream")
                .putHeader("cache-control", "no-store")
                // A compressor, or a proxy's buffer, would hold events back until there are more.
                .putHeader("content-encoding", "identity")
                .putHeader("x-accel-buffering", "no")
                .write("retry: 1000\n\n");
    }

    @Override
    public void say(String json, String cursor) {
        if (!isOver()) {
            response.write((cursor.isEmpty() ? "" : "id: " + cursor + "\n") + "data: " + json + "\n\n");
        }
    }

    @Override
    public boolean isFull() {
        return isOver() || response.writeQueueFull();
    }

    /** Heartbeats keep the way open; whether they arrive is seen by whether the socket takes them. */
    @Override
    public void ping() {}

    @Override
    public boolean isAnswered() {
        return false;
    }

    /** It says nothing. */
    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void close(Closing closing, String reason) {
        if (!isOver()) {
            response.end();
        }
    }

    private boolean isOver() {
        return response.ended() || response.closed();
    }
}
