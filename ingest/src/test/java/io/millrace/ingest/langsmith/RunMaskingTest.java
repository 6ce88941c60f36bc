package io.millrace.ingest.langsmith;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.ingest.span.WordMasking;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RunMaskingTest {
    private static final Masking HIDE = new WordMasking(Map.of("langsmith.metadata.secret", Masking.Attributes.DENIED));

    private static final String RUN = """
            {"id": "a", "trace_id": "t", "name": "name hunter2", "run_type": "llm", "tags": ["tag hunter2"],
             "inputs": {"q": "in hunter2"}, "error": "Error: hunter2", "session_name": "project hunter2",
             "outputs": {"model": "model hunter2", "choices": [{"finish_reason": "stop hunter2"}]},
             "events": [{"name": "event hunter2", "kwargs": {"k": {"a": ["deep hunter2"]}}}], "new": {"x": "new hunter2"},
             "extra": {"metadata": {"user_id": "user hunter2", "session_id": "session hunter2", "m": {"a": "meta hunter2"},
                       "secret": "left out", "ls_provider": "hunter2", "ls_model_name": "hunter2"},
                       "invocation_params": {"stop": ["parameter hunter2"]},
                       "runtime": {"sdk": "sdk hunter2", "platform": "platform hunter2"}}}""";

    @Test
    void nothingThatIsWrittenHoldsTheUnmaskedText() throws MalformedEnvelope {
        byte[] body = RUN.getBytes(StandardCharsets.UTF_8);
        assertThat(written(body, Masking.NONE)).contains("hunter2", "left out");

        String masked = written(body, HIDE);

        assertThat(masked).doesNotContain("hunter2", "left out");
        assertThat(masked)
                .contains("name ***", "tag ***", "in ***", "Error: ***", "project ***", "model ***", "stop ***")
                .contains("event ***", "deep ***", "new ***", "user ***", "session ***", "meta ***", "parameter ***")
                .contains("sdk ***", "platform ***");
    }

    @Test
    void norDoesFeedback() throws MalformedEnvelope {
        byte[] body = "{\"run_id\": \"a\", \"comment\": \"said hunter2\"}".getBytes(StandardCharsets.UTF_8);
        DecodedRequest request = new DecodedRequest(
                RunJson.feedback(body, 0, body.length, DecodedRequest.context(SpanLimits.DEFAULT, HIDE)));

        assertThat(request.only().body().toString()).contains("said ***").doesNotContain("hunter2");
        assertThat(request.only().marks()).contains("masked");
    }

    /** A file's name is a text, wherever it is written. */
    @Test
    void norDoesTheNameOfAFile() throws MalformedEnvelope {
        String body = "--b\r\nContent-Disposition: form-data; name=\"post.a\"\r\nContent-Type: application/json\r\n\r\n"
                + "{\"trace_id\": \"a\"}\r\n"
                + "--b\r\nContent-Disposition: form-data; name=\"attachment.a.hunter2.pdf\"\r\n"
                + "Content-Type: application/pdf\r\n\r\nxyz\r\n--b--\r\n";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        DecodedRequest.Span span = new DecodedRequest(
                        RunForm.decode(bytes, 0, bytes.length, "b", DecodedRequest.context(SpanLimits.DEFAULT, HIDE)))
                .only();

        assertThat(span.attributes()).containsOnlyKeys("attachment.***.pdf");
        assertThat(span.marks()).contains("masked");
    }

    private static String written(byte[] body, Masking masking) throws MalformedEnvelope {
        DecodedRequest.Span span = new DecodedRequest(
                        RunJson.run(body, 0, body.length, DecodedRequest.context(SpanLimits.DEFAULT, masking)))
                .only();
        return new String(span.message().toByteArray(), StandardCharsets.UTF_8)
                + new String(span.origin().toByteArray(), StandardCharsets.UTF_8);
    }
}
