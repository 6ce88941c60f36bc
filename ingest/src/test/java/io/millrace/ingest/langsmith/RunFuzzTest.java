package io.millrace.ingest.langsmith;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are, decoding ends with runs or with a sentence for the sender, and what it wrote can be read. */
final class RunFuzzTest {
    private static final int ROUNDS = 10_000;
    private static final List<String> NAMES = List.of(
            "trace_id",
            "parent_run_id",
            "dotted_order",
            "name",
            "run_type",
            "start_time",
            "end_time",
            "first_token_time",
            "inputs",
            "outputs",
            "error",
            "status",
            "tags",
            "extra",
            "events",
            "prompt_tokens",
            "total_cost",
            "session_name",
            "child_runs",
            "serialized",
            "model",
            "stream",
            "service_tier",
            "stop_reason",
            "usage_metadata",
            "choices",
            "finish_reason",
            "llm_output",
            "token_usage",
            "prompt_tokens_details",
            "cached_tokens",
            "generations",
            "message",
            "kwargs",
            "generation_info",
            "response_metadata",
            "metadata",
            "runtime",
            "sdk",
            "invocation_params",
            "ls_invocation_params",
            "ls_model_name",
            "ls_temperature",
            "temperature",
            "time",
            "input_token_details",
            "other");

    @Test
    void randomBytes() {
        Random random = new Random(1);
        List<Recording> kinds = List.of(
                Recording.of("langsmith-batch/002"),
                Recording.of("langsmith-single/001"),
                Recording.of("langsmith-single/006"),
                Recording.of("langsmith-single/022"),
                Recording.of("langsmith-multipart/002"));
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            kinds.forEach(kind -> decode(kind, bytes));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "langsmith-batch/002",
                "langsmith-batch/003",
                "langsmith-multipart/002",
                "langsmith-attachments/002",
                "langsmith-old/003",
                "langsmith-single/009",
                "langsmith-single/022"
            })
    void recordingsWithBytesChanged(String name) {
        Recording recording = Recording.of(name);
        Random random = new Random(name.hashCode());
        int accepted = 0;
        for (int round = 0; round < ROUNDS / 10; round++) {
            accepted += decode(recording, changed(recording.body(), random));
        }
        assertThat(accepted).isGreaterThan(ROUNDS / 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"langsmith-batch/003", "langsmith-multipart/002", "langsmith-attachments/002"})
    void recordingsCutOff(String name) {
        Recording recording = Recording.of(name);
        byte[] body = recording.body();
        for (int length = 0; length < body.length - 4; length += 41) {
            assertThat(decode(recording, Arrays.copyOf(body, length))).isZero();
        }
    }

    /** Values of any shape under the names that mean something, wherever: what comes behind such a run is read as ever. */
    @Test
    void anyShapeUnderAnyName() throws MalformedEnvelope {
        Random random = new Random(4);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder body = new StringBuilder("{\"post\": [");
            object(body, random, 5);
            body.append(", {\"id\": \"b\", \"name\": \"after\"}]}");
            byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);

            DecodedRequest request = new DecodedRequest(RunJson.batch(bytes, 0, bytes.length, DecodedRequest.CONTEXT));
            int spans = request.spans().size();
            assertThat(spans + request.request().refused()).as(body.toString()).isEqualTo(2);
            assertThat(request.spans().get(spans - 1).message().getName())
                    .as(body.toString())
                    .isEqualTo("after");
        }
    }

    private static void object(StringBuilder out, Random random, int depth) {
        out.append("{\"id\": \"a\"");
        for (int member = random.nextInt(5); member > 0; member--) {
            out.append(", \"").append(NAMES.get(random.nextInt(NAMES.size()))).append("\": ");
            value(out, random, depth - 1);
        }
        out.append('}');
    }

    private static void value(StringBuilder out, Random random, int depth) {
        int shape = random.nextInt(depth > 0 ? 10 : 6);
        switch (shape) {
            case 0 -> out.append("null");
            case 1 -> out.append("\"x\"");
            case 2 -> out.append("1795211828000");
            case 3 -> out.append("1.5");
            case 4 -> out.append("true");
            case 5 -> out.append("{}");
            case 6 -> {
                out.append('[');
                for (int element = random.nextInt(3); element >= 0; element--) {
                    value(out, random, depth - 1);
                    out.append(element > 0 ? "," : "]");
                }
            }
            default -> object(out, random, depth);
        }
    }

    /** Changed bytes, bytes left out, and a piece of the recording once more. */
    private static byte[] changed(byte[] recording, Random random) {
        byte[] bytes = recording.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> {
                    byte[] fewer = new byte[bytes.length - 1];
                    System.arraycopy(bytes, 0, fewer, 0, at);
                    System.arraycopy(bytes, at + 1, fewer, at, fewer.length - at);
                    bytes = fewer;
                }
                case 1 -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(50), bytes.length - from);
                    byte[] more = new byte[bytes.length + length];
                    System.arraycopy(bytes, 0, more, 0, at);
                    System.arraycopy(bytes, from, more, at, length);
                    System.arraycopy(bytes, at, more, at + length, bytes.length - at);
                    bytes = more;
                }
                default -> bytes[at] = (byte) random.nextInt(256);
            }
        }
        return bytes;
    }

    private static int decode(Recording kind, byte[] body) {
        try {
            return new DecodedRequest(kind.decode(body), 500).spans().size();
        } catch (MalformedEnvelope malformed) {
            assertThat(malformed.getMessage()).isNotBlank();
            return 0;
        }
    }
}
