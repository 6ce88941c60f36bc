package io.millrace.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestSpans;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, decoding ends with spans or with a sentence for the sender, and what it wrote can be read. */
final class OtlpFuzzTest {
    private static final int ROUNDS = 20_000;

    @Test
    void randomBytes() {
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            decode(bytes, OtlpEncoding.PROTOBUF);
            decode(bytes, OtlpEncoding.JSON);
        }
    }

    @Test
    void recordingsWithBytesChanged() {
        byte[] protobuf = Capture.bytes("otel-proto/001.bin");
        byte[] json = Capture.bytes("otel-json/001.bin");
        Random random = new Random(2);
        int accepted = 0;
        for (int round = 0; round < ROUNDS / 4; round++) {
            accepted += decode(changed(protobuf, random), OtlpEncoding.PROTOBUF);
            accepted += decode(changed(json, random), OtlpEncoding.JSON);
        }
        assertThat(accepted).isGreaterThan(ROUNDS / 4);
    }

    @Test
    void recordingsOfEveryConventionWithBytesChanged() {
        Random random = new Random(3);
        int accepted = 0;
        for (String name : List.of("openinference", "langsmith-otel", "otel-genai")) {
            byte[] protobuf = Capture.bytes(name + "/001.bin");
            for (int round = 0; round < ROUNDS / 20; round++) {
                accepted += decode(changed(protobuf, random), OtlpEncoding.PROTOBUF);
            }
        }
        for (String name : List.of("vercel-ai", "vercel-ai-v4", "langfuse-v5")) {
            byte[] json = Capture.bytes(name + "/001.bin");
            for (int round = 0; round < ROUNDS / 20; round++) {
                accepted += decode(changed(json, random), OtlpEncoding.JSON);
            }
        }
        assertThat(accepted).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void recordingsCutOff() {
        byte[] protobuf = Capture.bytes("otel-proto/001.bin");
        byte[] json = Capture.bytes("otel-json/001.bin");
        for (int length = 0; length < protobuf.length; length++) {
            decode(java.util.Arrays.copyOf(protobuf, length), OtlpEncoding.PROTOBUF);
        }
        for (int length = 0; length < json.length; length += 3) {
            assertThat(decode(java.util.Arrays.copyOf(json, length), OtlpEncoding.JSON))
                    .isZero();
        }
    }

    private static byte[] changed(byte[] recording, Random random) {
        byte[] bytes = recording.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static int decode(byte[] body, OtlpEncoding encoding) {
        try {
            RequestSpans spans = encoding.decode(body, 0, body.length, DecodedRequest.CONTEXT);
            return new DecodedRequest(spans, 500).spans().size();
        } catch (MalformedEnvelope malformed) {
            assertThat(malformed.getMessage()).isNotBlank();
            return 0;
        }
    }
}
