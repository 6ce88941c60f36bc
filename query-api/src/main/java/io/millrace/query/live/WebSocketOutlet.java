package io.millrace.query.live;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;

/** A client on a WebSocket. */
final class WebSocketOutlet implements Outlet {
    /** A close frame has 125 bytes, two of which are the code. */
    private static final int MAX_REASON = 123;

    private final ServerWebSocket socket;

    WebSocketOutlet(ServerWebSocket socket) {
        this.socket = socket;
    }

    @Override
    public void say(String json, String cursor) {
        if (!socket.isClosed()) {
            socket.writeTextMessage(json);
        }
    }

    @Override
    public boolean isFull() {
        return socket.isClosed() || socket.writeQueueFull();
    }

    @Override
    public void ping() {
        if (!socket.isClosed()) {
            socket.writePing(Buffer.buffer());
        }
    }

    @Override
    public boolean isAnswered() {
        return true;
    }

    @Override
    public void pause() {
        socket.pause();
    }

    @Override
    public void resume() {
        socket.resume();
    }

    @Override
    public void close(Closing closing, String reason) {
        if (!socket.isClosed()) {
            // To a client that takes nothing the frame gets through when it reads on; if it never does, the closing
            // timeout
            // ends the socket.
            // A cursor over many partitions may be too long for it; the messages before have it.
            socket.close((short) closing.code(), reason.length() > MAX_REASON ? reason.split(" ")[0] : reason);
        }
    }
}
