package io.millrace.ingest.langfuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.otlp.Capture;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, decoding ends with messages or with a sentence for the sender, and the answer is JSON. */
final class LangfuseFuzzTest {
    private static final int ROUNDS = 10_000;
    private static final String[] WORDS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "-1",
        "1e400",
        "\"batch\"",
        "\"id\"",
        "\"type\"",
        "\"body\"",
        "\"timestamp\"",
        "\"generation-update\"",
        "\"score-create\"",
        "\"trace-create\"",
        "\"2026-11-20T21:56:02Z\"",
        "\"usage\"",
        "\"usageDetails\"",
        "\"metadata\"",
        "\"input\"",
        "\"traceId\"",
        "\"value\"",
        "\"name\"",
        "\"x\""
    };

    private final byte[] first = Capture.bytes("langfuse-v3/001.bin");

    @Test
    void randomBytes() {
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            decode(bytes);
        }
    }

    @Test
    void randomWords() {
        Random random = new Random(2);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder("{\"batch\":[{");
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append(WORDS[random.nextInt(WORDS.length)]);
            }
            decode(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Each member of each event gets another value, so that what is wrong is only its shape. */
    @Test
    void recordingsWithOtherValues() {
        Random random = new Random(3);
        String recording = new String(first, StandardCharsets.UTF_8);
        String[] values = {
            "null", "7", "-1.5", "true", "\"\"", "\"x\"", "[]", "{}", "[[{\"a\":[]}]]", "{\"a\":{\"b\":1}}"
        };
        int accepted = 0;
        for (int round = 0; round < ROUNDS / 4; round++) {
            int from = recording.indexOf("\":\"", random.nextInt(recording.length())) + 2;
            int end = recording.indexOf('"', from + 1) + 1;
            if (from > 1 && end > 0) {
                String changed =
                        recording.substring(0, from) + values[random.nextInt(values.length)] + recording.substring(end);
                accepted += decode(changed.getBytes(StandardCharsets.UTF_8));
            }
        }
        assertThat(accepted).isGreaterThan(ROUNDS);
    }

    @Test
    void recordingsWithBytesChanged() {
        Random random = new Random(4);
        for (int round = 0; round < ROUNDS / 4; round++) {
            byte[] bytes = first.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            decode(bytes);
        }
    }

    @Test
    void recordingsCutOff() {
        for (int length = 0; length < first.length; length += 3) {
            assertThat(decode(Arrays.copyOf(first, length))).isZero();
        }
    }

    private static int decode(byte[] body) {
        try {
            LangfuseEvents.decodeScore(body, 0, body.length, DecodedRequest.CONTEXT);
        } catch (MalformedEnvelope malformed) {
            assertThat(malformed.getMessage()).isNotBlank();
        }
        try {
            RequestSpans spans = LangfuseEvents.decode(body, 0, body.length, DecodedRequest.CONTEXT);
            JsonObject answer = new JsonObject(Buffer.buffer(spans.receipt()));
            assertThat(answer.getJsonArray("successes")).hasSize(spans.accepted());
            assertThat(answer.getJsonArray("errors")).isEmpty();
            return new DecodedRequest(spans, 500).spans().size();
        } catch (MalformedEnvelope malformed) {
            assertThat(malformed.getMessage()).isNotBlank();
            return 0;
        }
    }
}
