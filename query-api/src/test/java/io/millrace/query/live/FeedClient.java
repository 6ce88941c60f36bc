package io.millrace.query.live;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A client on a WebSocket that keeps what it is told; it reads only as long as it wants to. */
final class FeedClient implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<Said> said = new ArrayList<>();
    private final StringBuilder part = new StringBuilder();
    private final boolean reading;
    private volatile WebSocket socket;
    private volatile int closeCode;
    private volatile String closeReason = "";

    private FeedClient(boolean reading) {
        this.reading = reading;
    }

    static FeedClient connect(FeedServer server, String query, UnaryOperator<WebSocket.Builder> form) {
        return connect(server, query, form, true);
    }

    private static FeedClient connect(
            FeedServer server, String query, UnaryOperator<WebSocket.Builder> form, boolean reading) {
        FeedClient client = new FeedClient(reading);
        URI address = URI.create("ws://127.0.0.1:" + server.port() + "/v1/live" + query);
        client.socket = form.apply(HTTP.newWebSocketBuilder())
                .buildAsync(address, client)
                .join();
        return client;
    }

    static FeedClient withKey(FeedServer server, String key) {
        return connect(server, "", builder -> builder.header("authorization", "Bearer " + key));
    }

    /** One that reads nothing until {@link #read}. */
    static FeedClient lazy(FeedServer server, String key) {
        return connect(server, "", builder -> builder.header("authorization", "Bearer " + key), false);
    }

    FeedClient send(String message) {
        socket.sendText(message, true).join();
        return this;
    }

    /** Follows traces, as subscription {@code a}. */
    FeedClient traces(String after) {
        return send("{\"type\":\"subscribe\",\"id\":\"a\",\"channel\":\"traces\""
                + (after.isEmpty() ? "" : ",\"after\":\"" + after + "\"") + "}");
    }

    void read() {
        socket.request(Long.MAX_VALUE);
    }

    @Override
    public void onOpen(WebSocket opened) {
        if (reading) {
            opened.request(Long.MAX_VALUE);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            synchronized (said) {
                said.add(Said.of(part.toString()));
            }
            part.setLength(0);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closeReason = reason;
        closeCode = code;
        return CompletableFuture.completedFuture(null);
    }

    String subprotocol() {
        return socket.getSubprotocol();
    }

    /** 0 while it is open. */
    int closeCode() {
        return closeCode;
    }

    String closeReason() {
        return closeReason;
    }

    List<Said> said() {
        synchronized (said) {
            return List.copyOf(said);
        }
    }

    List<Said> events() {
        return said().stream().filter(message -> message.type().equals("event")).toList();
    }

    /** The first of a type; heartbeats may come before it. */
    Said first(String type) {
        return said().stream()
                .filter(message -> message.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    boolean was(String type) {
        return said().stream().anyMatch(message -> message.type().equals(type));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
