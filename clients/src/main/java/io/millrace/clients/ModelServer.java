package io.millrace.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;

/**
 * Speaks OpenAI's chat completions, streamed or not, and says always the same: first that two tools be called, then an answer.
 * Each call takes {@value #IN_OF_A_CALL} tokens, of which 64 were cached, and gives {@value #OUT_OF_A_CALL}, of which 16 were
 * reasoning. It knows its callers by their keys.
 */
public final class ModelServer implements AutoCloseable {
    /** What it says it is, whatever was asked for. */
    public static final String MODEL = "gpt-4o-mini-2024-07-18";

    public static final int IN_OF_A_CALL = 120;
    public static final int OUT_OF_A_CALL = 42;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String USAGE = """
            {"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,
             "prompt_tokens_details":{"cached_tokens":64},"completion_tokens_details":{"reasoning_tokens":16}}""".formatted(IN_OF_A_CALL, OUT_OF_A_CALL, IN_OF_A_CALL + OUT_OF_A_CALL);
    private static final String WANTED = """
            {"role":"assistant","content":null,"tool_calls":[
             {"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Oslo\\"}"}},
             {"index":1,"id":"call_2","type":"function","function":{"name":"get_forecast","arguments":"{\\"city\\":\\"Atlantis\\"}"}}]}""";
    private static final String ANSWER = """
            {"role":"assistant","content":"It rains in Oslo."}""";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();

    private volatile CountDownLatch gate = new CountDownLatch(0);

    private ModelServer(HttpServer server) {
        this.server = server;
    }

    /** Listens at any free port of this machine. */
    public static ModelServer start() {
        try {
            ModelServer model =
                    new ModelServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            model.server.createContext("/v1/chat/completions", model::answer);
            model.server.setExecutor(model.threads);
            model.server.start();
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What OpenAI's clients want as {@code OPENAI_BASE_URL}. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    /** Lets whoever calls wait until {@link #release}, so that clients that take their time to start can begin together. */
    public void hold() {
        gate = new CountDownLatch(1);
    }

    /** Answers those that wait, and everybody from now on. */
    public void release() {
        gate.countDown();
    }

    /** The calls of whoever came with this key. */
    public long calls(String key) {
        AtomicLong answered = calls.get(key);
        return answered == null ? 0 : answered.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(exchange.getRequestBody());
            boolean toolsWereCalled = StreamSupport.stream(
                            request.required("messages").spliterator(), false)
                    .anyMatch(message -> message.path("role").asText().equals("tool"));
            String message = toolsWereCalled ? ANSWER : WANTED;
            String reason = toolsWereCalled ? "stop" : "tool_calls";
            String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                    .replaceFirst("^Bearer ", "");
            String id = "chatcmpl-" + key + "-"
                    + calls.computeIfAbsent(key, first -> new AtomicLong()).incrementAndGet();
            awaitRelease();
            if (request.path("stream").asBoolean()) {
                boolean wantsUsage =
                        request.path("stream_options").path("include_usage").asBoolean();
                send(exchange, "text/event-stream", streamed(id, message, reason, wantsUsage));
            } else {
                send(exchange, "application/json", whole(id, message, reason));
            }
        }
    }

    private void awaitRelease() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String whole(String id, String message, String reason) {
        return head(id, "chat.completion")
                + ",\"choices\":[{\"index\":0,\"message\":%s,\"finish_reason\":\"%s\"}],\"usage\":%s}"
                        .formatted(message, reason, USAGE);
    }

    private static String streamed(String id, String message, String reason, boolean wantsUsage) {
        String head = head(id, "chat.completion.chunk");
        return event(head + ",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":null}]}".formatted(message))
                + event(head + ",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}".formatted(reason))
                + (wantsUsage ? event(head + ",\"choices\":[],\"usage\":%s}".formatted(USAGE)) : "")
                + event("[DONE]");
    }

    private static String head(String id, String object) {
        return "{\"id\":\"%s\",\"object\":\"%s\",\"created\":1763700000,\"model\":\"%s\"".formatted(id, object, MODEL);
    }

    private static String event(String data) {
        return "data: " + data.replace("\n", "") + "\n\n";
    }

    private static void send(HttpExchange exchange, String contentType, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
