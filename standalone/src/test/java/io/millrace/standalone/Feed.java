package io.millrace.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of the live feed that keeps what it is told. */
final class Feed implements WebSocket.Listener, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String DATA = "data: ";

    private final List<JsonNode> messages = new CopyOnWriteArrayList<>();
    private final StringBuilder part = new StringBuilder();
    private Runnable close = () -> {};

    private Feed() {}

    /** On a WebSocket, with one subscription. */
    static Feed webSocket(URI api, String key, String channel, String filter) {
        Feed feed = new Feed();
        WebSocket socket = HTTP.newWebSocketBuilder()
                .subprotocols("millrace.v1", "bearer." + key)
                .buildAsync(URI.create("ws://" + api.getAuthority() + "/v1/live"), feed)
                .join();
        feed.close = socket::abort;
        socket.sendText(
                        "{\"type\":\"subscribe\",\"id\":\"s\",\"channel\":\"%s\",\"filter\":%s}"
                                .formatted(channel, filter),
                        true)
                .join();
        return feed;
    }

    /** As Server-Sent Events. */
    static Feed events(URI api, String key, String channelAndFilter) {
        Feed feed = new Feed();
        InputStream body;
        try {
            body = HTTP.send(
                            Http.to(api.resolve("/v1/live/" + channelAndFilter), key)
                                    // As browsers do; what is packed would be held back.
                                    .header("Accept-Encoding", "gzip")
                                    .GET()
                                    .build(),
                            BodyHandlers.ofInputStream())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        Thread reader = new Thread(() -> feed.read(body), "feed");
        reader.setDaemon(true);
        reader.start();
        feed.close = () -> {
            try {
                body.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        return feed;
    }

    private void read(InputStream body) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            reader.lines().filter(line -> line.startsWith(DATA)).forEach(line -> take(line.substring(DATA.length())));
        } catch (IOException | UncheckedIOException e) {
            // The test has let go of it.
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            take(part.toString());
            part.setLength(0);
        }
        socket.request(1);
        return CompletableFuture.completedFuture(null);
    }

    private void take(String message) {
        try {
            messages.add(JSON.readTree(message));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasCaughtUp() {
        return messages.stream()
                .anyMatch(message -> message.required("type").textValue().equals("caught_up"));
    }

    /** Events of an entity in the order in which they came. */
    List<JsonNode> of(String entity) {
        return messages.stream()
                .filter(message -> message.path("entity").asText().equals(entity))
                .toList();
    }

    List<JsonNode> all() {
        return List.copyOf(messages);
    }

    @Override
    public void close() {
        close.run();
    }
}
