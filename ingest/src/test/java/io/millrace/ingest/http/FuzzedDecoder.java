package io.millrace.ingest.http;

import io.millrace.ingest.langsmith.RunForm;
import io.millrace.ingest.otlp.Capture;
import io.millrace.ingest.share.FairShare;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.webhook.Delivery;
import io.millrace.ingest.webhook.Sources;
import io.millrace.ingest.webhook.Unverified;
import io.millrace.ingest.webhook.WebhookSource;
import io.millrace.schema.webhook.WebhookStyle;
import io.millrace.schema.wire.WebhookEntry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * A way from the bytes of a body to what is written to the log, with bodies that are fine to begin with: what real SDKs were
 * recorded to send, and a few by hand for what none of them sends.
 *
 * @param text whether its bodies are text
 */
record FuzzedDecoder(String name, boolean text, Decode decode, List<byte[]> seeds) {
    private static final List<String> RECORDINGS = List.of(
            "langfuse-v3/001",
            "langfuse-v3/002",
            "langfuse-v5/001",
            "langsmith-attachments/002",
            "langsmith-attachments/003",
            "langsmith-attachments/004",
            "langsmith-batch/002",
            "langsmith-batch/003",
            "langsmith-multipart/002",
            "langsmith-old/003",
            "langsmith-otel/001",
            "langsmith-single/001",
            "langsmith-single/006",
            "langsmith-single/009",
            "langsmith-single/022",
            "openinference/001",
            "otel-genai/001",
            "otel-genai/002",
            "otel-java-http/001",
            "otel-json/001",
            "otel-proto/001",
            "otel-sdknode/001",
            "vercel-ai/001",
            "vercel-ai-v4/001");
    private static final int MOST_UNPACKED = 1 << 20;
    private static final String SECRET = "0123456789abcdef";

    /** What a body is made into, under the settings of a project. */
    interface Decode {
        RequestSpans of(byte[] body, RequestContext context) throws MalformedEnvelope, Refused, Unverified;
    }

    /** All there are: one for each endpoint and form, and one for each way of packing. */
    static List<FuzzedDecoder> all() {
        Map<String, FuzzedDecoder> decoders = new TreeMap<>();
        RECORDINGS.forEach(recording -> add(decoders, recording));
        add(decoders, Endpoint.NATIVE_SPANS, ContentType.JSON, List.of(text("""
                [{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","name":"a","kind":"llm",
                  "start":"2026-11-20T22:00:00Z","end":"2026-11-20T22:00:01.5Z","status":"error","model":"gpt-4o",
                  "usage":{"input_tokens":100,"output_tokens":20,"cache_read_tokens":5},"input":{"a":[1,{"b":null}]},
                  "output":"x","attributes":{"k":"v","n":1.5,"t":true,"l":[1,2]},"tags":["a","b"]}]""")));
        add(
                decoders,
                Endpoint.NATIVE_SPANS,
                ContentType.NDJSON,
                List.of(text("{\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\","
                        + "\"name\":\"a\",\"end\":1795212000000}\n{\"name\":\"b\"}\n\n{\"span_id\":7}\n")));
        add(decoders, Endpoint.OTLP_LOGS, ContentType.JSON, List.of(text("""
                {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},
                 "scopeLogs":[{"scope":{"name":"b"},"logRecords":[{"timeUnixNano":"1795212000000000000",
                 "traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","eventName":"gen_ai.choice",
                 "body":{"kvlistValue":{"values":[{"key":"index","value":{"intValue":"0"}}]}},
                 "attributes":[{"key":"gen_ai.system","value":{"stringValue":"openai"}}]}]}]}]}""")));
        add(decoders, Endpoint.OTLP_METRICS, ContentType.JSON, List.of(text("""
                {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","sum":{"dataPoints":[{"asInt":"1"}]}}]}]}]}""")));
        add(decoders, Endpoint.OTLP_METRICS, ContentType.PROTOBUF, List.of(Capture.bytes("otel-proto/001.bin")));
        add(decoders, Endpoint.LANGFUSE_SCORES, ContentType.JSON, List.of(text("""
                {"id":"s1","traceId":"t1","observationId":"o1","name":"quality","value":0.5,"comment":"good",
                 "dataType":"NUMERIC","environment":"prod","metadata":{"a":[1,2]}}""")));
        List<FuzzedDecoder> result = new ArrayList<>(decoders.values());
        result.add(webhook());
        result.add(packed(Encoding.GZIP));
        result.add(packed(Encoding.ZSTD));
        return result;
    }

    private static void add(Map<String, FuzzedDecoder> decoders, String recording) {
        JsonObject request =
                new JsonObject(new String(Capture.bytes(recording + ".headers.json"), StandardCharsets.UTF_8));
        String path = request.getString("path");
        Endpoint endpoint = Endpoint.of(path);
        String type = request.getJsonObject("headers").getString("content-type");
        byte[] body = Capture.bytes(recording + ".bin");
        try {
            ContentType form = ContentType.of(endpoint, type);
            if (!endpoint.isLangSmith()) {
                add(decoders, endpoint, form, List.of(body));
                return;
            }
            String name = form == ContentType.FORM ? String.valueOf(RunForm.boundary(type)) : Endpoint.last(path);
            // Each form has a boundary of its own.
            String key = endpoint.label() + (form == ContentType.FORM ? " " + recording : "");
            put(
                    decoders,
                    key,
                    true,
                    (bytes, context) ->
                            new LangSmithDecoding(endpoint, name, form, context).decode(bytes, bytes.length),
                    List.of(body));
        } catch (Refused refused) {
            throw new AssertionError(recording, refused);
        }
    }

    private static void add(
            Map<String, FuzzedDecoder> decoders, Endpoint endpoint, ContentType form, List<byte[]> bodies) {
        put(
                decoders,
                endpoint.label() + " " + form.mime(),
                form != ContentType.PROTOBUF,
                (bytes, context) -> new DialectDecoding(endpoint, form, context).decode(bytes, bytes.length),
                bodies);
    }

    private static void put(
            Map<String, FuzzedDecoder> decoders, String name, boolean text, Decode decode, List<byte[]> bodies) {
        decoders.computeIfAbsent(name, key -> new FuzzedDecoder(key, text, decode, new ArrayList<>()))
                .seeds
                .addAll(bodies);
    }

    private static FuzzedDecoder webhook() {
        WebhookEntry entry = Sources.entry("whk_1", DecodedRequest.PROJECT, WebhookStyle.SHARED_SECRET, SECRET)
                .setMapping("{\"items\": \"/data\", \"fields\": [{\"field\": \"name\", \"pointer\": \"/name\"}]}")
                .build();
        WebhookSource source = WebhookSource.of(DecodedRequest.PROJECT, entry, Sources.SEAL);
        byte[] body = text("{\"type\":\"a\",\"data\":[{\"name\":\"b\",\"at\":\"2026-11-20T12:00:00Z\"},{\"n\":[1]}]}");
        return new FuzzedDecoder(
                "webhook",
                true,
                (bytes, context) -> {
                    Delivery delivery = Delivery.of(
                            source,
                            name -> name.equalsIgnoreCase(source.signatureHeader()) ? SECRET : null,
                            context.receivedAtMillis());
                    return new WebhookDecoding(delivery, ContentType.JSON, context).decode(bytes, bytes.length);
                },
                List.of(body));
    }

    /** What is packed is bad, and so is what comes out. */
    private static FuzzedDecoder packed(Encoding encoding) {
        byte[] body = Capture.bytes("otel-proto/001.bin");
        return new FuzzedDecoder(
                encoding.name(),
                false,
                (bytes, context) -> {
                    FairShare memory = new FairShare(16L * MOST_UNPACKED);
                    Budget budget = new Budget(memory, context.project());
                    HeldBytes held = new HeldBytes(budget, Math.max(1, bytes.length));
                    held.append(Buffer.buffer(bytes));
                    try (Payload payload = new Payload(held, encoding, budget, MOST_UNPACKED)) {
                        payload.isUnpackedWithin(MOST_UNPACKED);
                        return ContentType.PROTOBUF.otlp().decode(payload.array(), 0, payload.length(), context);
                    } finally {
                        if (memory.held() != 0) {
                            throw new AssertionError(memory.held() + " bytes are still held");
                        }
                    }
                },
                List.of(encoding == Encoding.GZIP ? gzip(body) : com.github.luben.zstd.Zstd.compress(body)));
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    private static byte[] text(String body) {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
