package io.millrace.ingest.langsmith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no run, or none that can be taken. */
final class BadRunsTest {
    private static final String ID = "01a1faf6-9d6a-7000-8000-028b02767493";

    private static RequestSpans batch(String body) throws MalformedEnvelope {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return RunJson.batch(bytes, 0, bytes.length, DecodedRequest.CONTEXT);
    }

    /** A name that JavaScript cut within a character, or a number of any length, spoils no neighbour. */
    @Test
    void halfAPairInANameAndALongNumberAreTaken() throws MalformedEnvelope {
        RequestSpans items =
                batch("{'post': [{'id': 'a'}, {'id': 'b', 'extra': {'metadata': {'\\ud83d': 1, 'n': %s}}}]}"
                        .formatted("7".repeat(2_000)));

        assertThat(items.refusals()).isEmpty();
        DecodedRequest request = new DecodedRequest(items);
        assertThat(request.spans())
                .extracting(DecodedRequest.Span::marks)
                .containsExactly(List.of(), List.of("bad_utf8"));
        assertThat(request.spans().get(1).attribute("langsmith.metadata.\uFFFD").getIntValue())
                .isEqualTo(1);
    }

    @Test
    void norDoTheyInAForm() throws MalformedEnvelope {
        String body = part("post.a", "{\"trace_id\": \"a\", \"extra\": {\"metadata\": {\"\\ud83d\": 1}}}")
                + part("post.a.outputs", "{\"\\ud83d\": \"said\"}")
                + part("feedback.b", "{\"trace_id\": \"a\", \"\\ud83d\": 1}")
                + "--b--\r\n";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        RequestSpans items = RunForm.decode(bytes, 0, bytes.length, "b", DecodedRequest.CONTEXT);

        assertThat(items.refusals()).isEmpty();
        DecodedRequest request = new DecodedRequest(items);
        assertThat(request.spans())
                .extracting(DecodedRequest.Span::marks)
                .containsExactly(List.of("bad_utf8"), List.of("bad_utf8"));
        assertThat(request.spans().get(0).attribute("langsmith.metadata.\uFFFD").getIntValue())
                .isEqualTo(1);
        assertThat(request.spans().get(0).body().getOutput()).contains("said");
    }

    private static String part(String name, String json) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\nContent-Type: application/json\r\n\r\n"
                + json + "\r\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | MISSING_ID",
                "{'id': null} | MISSING_ID",
                "{'id': ''} | MISSING_ID",
                "{'id': 5} | MALFORMED",
                "{'id': '00000000-0000-0000-0000-000000000000'} | MISSING_ID",
                "{'id': 'x', 'trace_id': '00000000000000000000000000000000'} | MISSING_ID",
                "{'id': 'x', 'trace_id': {}} | MALFORMED",
                "{'id': 'x', 'parent_run_id': [[]]} | MALFORMED",
                "{'id': 'x', 'start_time': 'now'} | MALFORMED",
                "{'id': 'x', 'start_time': {'a': [1]}} | MALFORMED",
                "{'id': 'x', 'end_time': -1} | MALFORMED",
                "{'id': 'x', 'end_time': 1e20} | MALFORMED",
                "{'id': 'x', 'end_time': 1000} | TOO_OLD",
                "{'id': 'x', 'events': [[{}]]} | MALFORMED",
                "{'id': 'x', 'extra': {'metadata': {'a': [{}]}}, 'start_time': true, 'outputs': {'a': {'b': []}}} | MALFORMED",
                "5 | MALFORMED",
                "[[{}]] | MALFORMED",
                "null | MALFORMED",
                "\"x\" | MALFORMED"
            })
    void oneThatIsBadIsRefusedAlone(String bad, RefusalReason reason) throws MalformedEnvelope {
        RequestSpans items = batch("{'post': [{'id': 'a'}, %s, {'id': 'b'}], 'patch': [{'id': 'c'}]}".formatted(bad));

        assertThat(new DecodedRequest(items).spans())
                .extracting(span -> span.body().getExternalId())
                .containsExactly("a", "b", "c");
        assertThat(items.refusals()).extracting(Refusal::reason).containsExactly(reason);
        assertThat(items.refusals()).extracting(Refusal::index).containsExactly(1);
    }

    /** Members of the wrong shape are kept for whoever can make something of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'name': {'a': 1}",
                "'name': 5",
                "'run_type': 5",
                "'run_type': {}",
                "'extra': 5",
                "'extra': {'metadata': 5, 'runtime': [], 'invocation_params': 'x'}",
                "'extra': {'runtime': {'sdk': 5, 'a': {'b': 1}}}",
                "'extra': {'metadata': {'usage_metadata': 5, 'ls_invocation_params': [], 'ls_model_name': {}, 'ls_temperature': {}}}",
                "'tags': 'x'",
                "'tags': [{'a': []}, 5]",
                "'events': {}",
                "'events': [{'name': 5, 'time': {}, 'kwargs': 5}]",
                "'outputs': {'generations': {}, 'llm_output': [], 'choices': 5, 'usage_metadata': 'x', 'model': {}}",
                "'outputs': {'generations': [[[[{}]]], 5, {'message': 5, 'generation_info': []}], 'choices': [5, [], {'finish_reason': {}}]}",
                "'outputs': {'llm_output': {'token_usage': [1], 'model_name': []}}",
                "'outputs': {'llm_output': {'token_usage': {'prompt_tokens': 'x', 'prompt_tokens_details': 5}}}",
                "'inputs': {'model': [], 'stream': 'x'}",
                "'inputs': {'stream': {'a': {}}, 'model': {}}",
                "'status': []",
                "'prompt_tokens': {}",
                "'total_cost': []",
                "'first_token_time': 'soon'",
                "'error': ['a']",
                "'session_name': {}",
                "'serialized': 5"
            })
    void aMemberOfTheWrongShapeSpoilsNothing(String member) throws MalformedEnvelope {
        RequestSpans items = batch("{'post': [{%s, 'id': '%s', 'name': 'n'}, {'id': 'b'}]}".formatted(member, ID));

        assertThat(items.refusals()).isEmpty();
        assertThat(new DecodedRequest(items).spans()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "[]",
                "5",
                "null",
                "{",
                "{'post': [",
                "{'post': [{'id': 'a'}",
                "{'post': [{'id': 'a'}]",
                "{'post': [{'id': 'a'}]} x",
                "{'post': [{'id': 'a'}]}{}",
                "{'post': [{'id': 'a',}]}"
            })
    void aBodyThatIsNoJsonIsRefusedWhole(String body) {
        assertThatThrownBy(() -> batch(body)).isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void aBatchOfNothingIsNothing() throws MalformedEnvelope {
        assertThat(batch("{}").records(1000)).isEmpty();
        assertThat(batch("{'post': [], 'patch': null, 'other': {'a': []}}").records(1000))
                .isEmpty();
        assertThat(batch("{'post': {}}").refused()).isEqualTo(1);
    }

    @Test
    void aRunOverTheLimitIsRefusedAndALongTextIsCut() throws MalformedEnvelope {
        SpanLimits small = new SpanLimits(100, 50, 2_000, 1_000, 1_000, 30, 2, 10, 100_000);
        String body =
                "{\"post\": [{\"id\": \"a\", \"name\": \"%s\", \"tags\": [\"1\", \"2\", \"3\"], \"outputs\": {\"x\": \"%s\"}},"
                                .formatted("n".repeat(60), "o".repeat(200))
                        + "{\"id\": \"b\"" + ", \"a%d\": \"x\"".repeat(300) + "}]}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);

        DecodedRequest request =
                new DecodedRequest(RunJson.batch(bytes, 0, bytes.length, DecodedRequest.context(small, Masking.NONE)));

        assertThat(request.only().marks()).containsExactly("truncated");
        assertThat(request.only().message().getTagsList()).containsExactly("1", "2");
        assertThat(request.only().attribute("millrace.truncated.output").getIntValue())
                .isEqualTo(209);
        assertThat(request.request().refusals()).extracting(Refusal::reason).containsExactly(RefusalReason.TOO_LARGE);
    }

    @Test
    void deepAndWideValuesDoNoHarm() throws MalformedEnvelope {
        String deep = "[".repeat(5_000) + "]".repeat(5_000);
        String run = "{'id': 'a', 'outputs': {'generations': %s, 'x': %s}, 'extra': {'metadata': {'m': %s}}, 'new': %s}"
                .formatted(deep, deep, deep, deep);

        assertThat(batch("{'post': [%s]}".formatted(run)).accepted()).isEqualTo(1);
        String tooDeep = "[".repeat(20_000);
        assertThatThrownBy(() -> batch("{'post': [{'id': 'a', 'x': %s".formatted(tooDeep)))
                .isInstanceOf(MalformedEnvelope.class);
    }
}
