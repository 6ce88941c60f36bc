package io.millrace.bench.stack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to the feed, which follows one channel. Of an event only its head is read. */
public final class FeedSocket implements WebSocket.Listener, AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Duration CONNECT = Duration.ofSeconds(30);

    private final Taker taker;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final StringBuilder part = new StringBuilder();
    private @Nullable WebSocket socket;

    /** What is done with the messages of one connection; called by one thread at a time. */
    public interface Taker {
        /**
         * An event.
         *
         * @param message the whole of it
         */
        void event(String entity, String revision, String cursor, String message);

        /** Any other message, by its type. */
        void other(String type, String cursor, String message);
    }

    private FeedSocket(Taker taker) {
        this.taker = taker;
    }

    /**
     * Connects and follows.
     *
     * @param live the feed's address, with the scheme {@code ws}
     * @param filter a JSON object
     * @param after a cursor, or empty for now
     * @throws IOException when the feed does not let it in
     */
    public static FeedSocket follow(
            HttpClient http, URI live, String secret, String channel, String filter, String after, Taker taker)
            throws IOException {
        FeedSocket feed = new FeedSocket(taker);
        try {
            WebSocket socket = http.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + secret)
                    .connectTimeout(CONNECT)
                    .buildAsync(live, feed)
                    .join();
            feed.socket = socket;
            String cursor = after.isEmpty() ? "" : ",\"after\":\"" + after + "\"";
            socket.sendText(
                            "{\"type\":\"subscribe\",\"id\":\"t\",\"channel\":\"" + channel + "\",\"filter\":" + filter
                                    + cursor + "}",
                            true)
                    .join();
            return feed;
        } catch (CompletionException e) {
            feed.close();
            String why = e.getCause() instanceof WebSocketHandshakeException refused
                    ? "it answers " + refused.getResponse().statusCode()
                    : String.valueOf(e.getCause());
            throw new IOException("the feed does not take the client: " + why, e);
        }
    }

    /** Waits until the connection has ended; false when it has not. */
    public boolean awaitEnd(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            take(part.toString());
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    private void take(String message) {
        Map<String, String> head = new HashMap<>();
        try (JsonParser parser = JSON.createParser(message)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME
                    && !parser.currentName().equals("data")) {
                String name = parser.currentName();
                if (parser.nextToken().isScalarValue()) {
                    head.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            taker.other("unreadable", "", message);
            return;
        }
        String type = head.getOrDefault("type", "");
        String cursor = head.getOrDefault("cursor", "");
        if (type.equals("event")) {
            taker.event(head.getOrDefault("entity", ""), head.getOrDefault("revision", ""), cursor, message);
        } else {
            taker.other(type, cursor, message);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        ended.countDown();
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        ended.countDown();
    }

    /** Cuts it off, without a word. */
    @Override
    public void close() {
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
        ended.countDown();
    }
}
