package io.millrace.ingest.langsmith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.BodySampling;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.LargePayloads;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.SpanLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the parts of a form are, and how they belong together. */
final class RunFormTest {
    private static final String A = "01a1faf6-9d6a-7000-8000-028b02767493";
    private static final String B = "01a1faf6-9d66-7000-8000-0391b876550c";

    private final List<String> parts = new ArrayList<>();

    private RunFormTest with(String name, String content) {
        parts.add("--b\r\nContent-Disposition: form-data; name=\"" + name
                + "\"\r\nContent-Type: application/json\r\n\r\n" + content.replace('\'', '"') + "\r\n");
        return this;
    }

    private DecodedRequest decode() {
        byte[] body = (String.join("", parts) + "--b--\r\n").getBytes(StandardCharsets.UTF_8);
        try {
            return new DecodedRequest(RunForm.decode(body, 0, body.length, "b", DecodedRequest.CONTEXT));
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError(malformed);
        }
    }

    @Test
    void thePartsOfARunAreOneMessageInWhicheverOrder() {
        with("post." + A, "{'run_type': 'llm', 'name': 'call', 'trace_id': '" + B + "'}");
        with("post." + A + ".inputs", "{'model': 'm'}");
        with("post." + A + ".outputs", "{'choices': [{'finish_reason': 'stop'}]}");
        with("post." + A + ".events", "[{'name': 'new_token', 'time': 1795211828000}]");
        with("post." + A + ".extra", "{'metadata': {'user_id': 'u'}}");
        with("post." + A + ".error", "'Error: no'");
        with("post." + A + ".serialized", "{'a': 1}");
        with("attachment." + A + ".one", "1").with("attachment." + A + ".two", "2");
        Span run = decode().only();
        assertThat(run.message().getName()).isEqualTo("call");
        assertThat(run.message().getRequestModel()).isEqualTo("m");
        assertThat(run.message().getUserId()).isEqualTo("u");
        assertThat(run.body().getFinishReasonsList()).containsExactly("stop");
        assertThat(run.body().getStatusMessage()).isEqualTo("Error: no");
        assertThat(run.message().getPartial().getFirstTokenAtNanos()).isEqualTo(1795211828000000000L);
        assertThat(run.attribute("langsmith.serialized").getStringValue()).isEqualTo("{\"a\": 1}");

        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(parts, random);
            assertThat(decode().only().message()).isEqualTo(run.message());
        }
    }

    @Test
    void creationAndUpdateOfOneRunAreTwoMessages() {
        with("post." + A, "{'name': 'a', 'trace_id': '" + A + "'}");
        with("patch." + A, "{'trace_id': '" + A + "', 'end_time': 1795211828000}");
        with("patch." + A + ".outputs", "{'x': 1}");

        List<Span> spans = decode().spans();
        assertThat(spans)
                .extracting(span -> span.message().getPartial().getUpdate())
                .containsExactly(false, true);
        assertThat(spans.get(0).body().getOutput()).isEmpty();
        assertThat(spans.get(1).body().getOutput()).isEqualTo("{\"x\": 1}");
    }

    @Test
    void twoUpdatesOfOneRunStayTwo() {
        with("patch." + A, "{'trace_id': '" + A + "', 'name': 'first'}");
        with("patch." + A + ".outputs", "{'x': 1}");
        with("patch." + A, "{'trace_id': '" + A + "', 'name': 'second'}");
        with("patch." + A + ".outputs", "{'x': 2}");

        assertThat(decode().spans())
                .extracting(span -> span.message().getName() + span.body().getOutput())
                .containsExactly("first{\"x\": 1}", "second{\"x\": 2}");
    }

    @Test
    void aMemberAloneIsAMessageToo() {
        with("post." + A + ".outputs", "{'x': 1}");

        Span run = decode().only();
        assertThat(run.body().getOutput()).isEqualTo("{\"x\": 1}");
        assertThat(run.marks()).containsExactly("trace_unresolved");
    }

    @Test
    void filesBelongToTheirRunOrToNone() {
        with("attachment." + A + ".a.png", "xyz");
        with("post." + A, "{'trace_id': '" + A + "'}");
        with("attachment." + B + ".b", "");

        DecodedRequest request = decode();
        assertThat(request.spans()).hasSize(2);
        assertThat(request.spans().get(0).attributes()).containsOnlyKeys("attachment.a.png");
        assertThat(request.spans().get(1).attributes()).containsOnlyKeys("attachment.b");
        assertThat(request.spans().get(1).marks()).containsExactly("trace_unresolved");
        assertThat(request.request().ignoredByReason()).isEqualTo(Map.of("attachment", 2));
    }

    @Test
    void whereThereIsABlobStoreFilesAreKept() throws MalformedEnvelope {
        with("attachment." + A + ".a.png", "xyz");
        with("post." + A, "{'trace_id': '" + A + "'}");
        byte[] body = (String.join("", parts) + "--b--\r\n").getBytes(StandardCharsets.UTF_8);
        RequestContext context =
                DecodedRequest.context(SpanLimits.DEFAULT, Masking.NONE, BodySampling.ALL, LargePayloads.DEFAULT);

        DecodedRequest request = new DecodedRequest(RunForm.decode(body, 0, body.length, "b", context));

        assertThat(request.only().body().getAttachments(0).getName()).isEqualTo("a.png");
        assertThat(request.only().body().getAttachments(0).getMediaType()).isEqualTo("application/json");
        assertThat(new String(request.request().blobs().get(0).bytes(), StandardCharsets.UTF_8))
                .isEqualTo("xyz");
        assertThat(request.only().attributes()).containsOnlyKeys("attachment.a.png");
        assertThat(request.request().ignoredByReason()).isEmpty();
    }

    @Test
    void anotherFileIsAnotherMessage() {
        with("post." + A, "{}").with("attachment." + A + ".a", "xyz");
        Span one = decode().only();
        parts.remove(1);
        with("attachment." + A + ".a", "xyy");

        assertThat(decode().only().message().getPartial().getId())
                .isNotEqualTo(one.message().getPartial().getId());
    }

    @Test
    void feedbackGoesToTheTraceOfItsRun() {
        with(
                "feedback.f1",
                "{'id': 'f1', 'run_id': '" + A + "', 'key': 'k', 'score': true, 'trace_id': null,"
                        + " 'created_at': '2026-11-20T21:57:06Z', 'value': {'a': 1}}");
        with("post." + A, "{'trace_id': '" + B + "'}");
        with("feedback.f2", "{'id': 'f2', 'trace_id': '" + B + "', 'key': 'k'}");

        DecodedRequest request = decode();
        assertThat(request.spans()).hasSize(3);
        Span ofRun = request.spans().get(1);
        assertThat(ofRun.traceId()).isEqualTo(B.replace("-", ""));
        assertThat(ofRun.spanId()).isEqualTo(A.replace("-", ""));
        assertThat(ofRun.marks()).isEmpty();
        assertThat(ofRun.body().getEvents(0).getTimeUnixNano()).isEqualTo(1795211826000000000L);
        Span ofTrace = request.spans().get(2);
        assertThat(ofTrace.spanId()).isEqualTo(B.replace("-", ""));
        assertThat(ofTrace.marks()).isEmpty();
        assertThat(request.spans())
                .extracting(span -> span.message().getPartial().getNote())
                .containsExactly(false, true, true);
    }

    /** Nobody knows whose it is: it is a span of its own rather than nothing that is shown. */
    @Test
    void feedbackThatNamesNoTraceIsNoNote() {
        with("feedback.f1", "{'run_id': '" + A + "', 'key': 'k'}");

        assertThat(decode().only().message().getPartial().getNote()).isFalse();
        assertThat(decode().only().marks()).containsExactly("trace_unresolved");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "post.ID | {'name': | MALFORMED",
                "post.ID | [] | MALFORMED",
                "post.ID | {} {} | MALFORMED",
                "post.ID | {'start_time': 'soon'} | MALFORMED",
                "post.ID | {'end_time': 1} | TOO_OLD",
                "post.ID.outputs | {'a' | MALFORMED",
                "patch.00000000-0000-0000-0000-000000000000 | {} | MISSING_ID",
                "post. | {} | MALFORMED",
                "post | {} | MALFORMED",
                "file | x | MALFORMED",
                "feedback.f | [] | MALFORMED",
                "feedback.f | {'key': 'k'} | MISSING_ID",
                "feedback.f | {'run_id': 5} | MALFORMED",
                "feedback.f | {'run_id': | MALFORMED"
            })
    void oneThatIsBadIsRefusedAlone(String name, String content, RefusalReason reason) {
        with("post." + B, "{'name': 'before'}");
        with(name.replace("ID", A), content);
        with("patch." + B, "{'name': 'after'}");

        DecodedRequest request = decode();
        assertThat(request.spans())
                .extracting(span -> span.message().getName())
                .containsExactlyInAnyOrder("before", "after");
        assertThat(request.request().refusals()).extracting(Refusal::reason).containsExactly(reason);
        assertThat(new String(RunAnswer.of(request.request()), StandardCharsets.UTF_8))
                .startsWith("{\"message\":\"Runs batch ingested\",\"refused_total\":1,\"refused\":[{\"index\":")
                .contains("\"reason\":\"" + reason.wireName() + "\"")
                .endsWith("}]}");
    }

    @Test
    void aPartThatIsNoJsonSpoilsOnlyItsRun() {
        with("post." + A, "{'name': 'a'}");
        with("post." + A + ".outputs", "{");
        with("post." + B, "{'name': 'b'}");

        DecodedRequest request = decode();
        assertThat(request.only().message().getName()).isEqualTo("b");
        assertThat(request.request().refusals()).extracting(Refusal::spanId).containsExactly(A);
    }

    @Test
    void badBytesAreReplacedAndMarked() {
        byte[] body = ("--b\r\nContent-Disposition: form-data; name=post." + A + "\r\n\r\n{\"name\": \"a\u00ff\"}\r\n"
                        + "--b\r\nContent-Disposition: form-data; name=post." + B
                        + "\r\n\r\n{\"name\": \"b\"}\r\n--b--")
                .getBytes(StandardCharsets.ISO_8859_1);
        try {
            List<Span> spans =
                    new DecodedRequest(RunForm.decode(body, 0, body.length, "b", DecodedRequest.CONTEXT)).spans();
            assertThat(spans.get(0).message().getName()).isEqualTo("a\ufffd");
            assertThat(spans.get(0).marks()).containsExactly("bad_utf8");
            assertThat(spans.get(1).marks()).isEmpty();
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError(malformed);
        }
    }

    @Test
    void aFormThatIsCutOffIsRefusedWhole() {
        byte[] body = "--b\r\nContent-Disposition: form-data; name=post.x\r\n\r\n{}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> RunForm.decode(body, 0, body.length, "b", DecodedRequest.CONTEXT))
                .isInstanceOf(MalformedEnvelope.class);
    }
}
