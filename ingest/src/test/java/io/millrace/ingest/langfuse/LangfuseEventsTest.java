package io.millrace.ingest.langfuse;

import static io.millrace.ingest.langfuse.Batch.SPAN;
import static io.millrace.ingest.langfuse.Batch.TIME;
import static io.millrace.ingest.langfuse.Batch.TRACE;
import static io.millrace.ingest.langfuse.Batch.event;
import static io.millrace.ingest.langfuse.Batch.observation;
import static io.millrace.ingest.langfuse.Batch.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.wire.PartialMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LangfuseEventsTest {
    private static final String GOOD = event("good", "span-create", TIME, "'id':'a','traceId':'" + TRACE + "'");

    /** A name that JavaScript cut within a character, or a number of any length, spoils no neighbour. */
    @Test
    void halfAPairInANameAndALongNumberAreTaken() {
        String odd = "'metadata':{'\\ud83d':1,'n':%s}".formatted("7".repeat(2_000));
        DecodedRequest request = new DecodedRequest(Batch.decode(GOOD, observation("span-create", odd)));

        assertThat(request.request().refusals()).isEmpty();
        assertThat(request.spans()).extracting(Span::marks).containsExactly(List.of(), List.of("bad_utf8"));
        assertThat(request.spans().get(1).attributes())
                .containsKey("langfuse.observation.metadata.\uFFFD")
                .containsKey("langfuse.observation.metadata.n");
        assertThat(answer(request.request()).getJsonArray("successes")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "7 | malformed",
                "null | malformed",
                "['span-create'] | malformed",
                "{} | malformed",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z'} | malformed",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':null} | malformed",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':'x'} | malformed",
                "{'type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':{'id':'a'}} | missing_id",
                "{'id':'','type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':{'id':'a'}} | missing_id",
                "{'id':7,'type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':{'id':'a'}} | missing_id",
                "{'id':'e','timestamp':'2026-11-20T21:56:02Z','body':{'id':'a'}} | malformed",
                "{'id':'e','type':{'a':[1]},'timestamp':'2026-11-20T21:56:02Z','body':{'id':'a'}} | malformed",
                "{'id':'e','type':'dataset-run-item-create','timestamp':'2026-11-20T21:56:02Z','body':{}} | not_available",
                "{'id':'e','type':'trace-delete','timestamp':'2026-11-20T21:56:02Z','body':{}} | not_available",
                "{'id':'e','type':'span-create','body':{'id':'a'}} | malformed",
                "{'id':'e','type':'span-create','timestamp':'yesterday','body':{'id':'a'}} | malformed",
                "{'id':'e','type':'span-create','timestamp':1795212320899,'body':{'id':'a'}} | malformed",
                "{'id':'e','type':'span-create','timestamp':{'a':1},'body':{'id':'a'}} | malformed",
                "{'id':'e','type':'span-create','timestamp':'9999-11-20T21:56:02Z','body':{'id':'a'}} | malformed",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':{}} | missing_id",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':{'id':null}} | missing_id",
                "{'id':'e','type':'trace-create','timestamp':'2026-11-20T21:56:02Z','body':{'name':'a'}} | missing_id",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':{'id':['a']}} | malformed",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':{'id':'a','startTime':'x'}} | malformed",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z','body':{'id':'a','endTime':17}} | malformed",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z',"
                        + "'body':{'id':'a','traceId':'00000000000000000000000000000000'}} | missing_id",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z',"
                        + "'body':{'id':'0000000000000000','traceId':'t'}} | missing_id",
                "{'id':'e','type':'span-create','timestamp':'2026-11-20T21:56:02Z',"
                        + "'body':{'id':'a','endTime':'2020-01-01T00:00:00Z'}} | too_old",
                "{'id':'e','type':'score-create','timestamp':'2026-11-20T21:56:02Z','body':{'traceId':'t'}} | malformed",
                "{'id':'e','type':'score-create','timestamp':'2026-11-20T21:56:02Z',"
                        + "'body':{'name':'n','value':null,'traceId':'t'}} | malformed",
                "{'id':'e','type':'score-create','timestamp':'2026-11-20T21:56:02Z','body':{'name':'n','value':1}} | missing_id",
                "{'id':'e','type':'score-create','timestamp':'2026-11-20T21:56:02Z',"
                        + "'body':{'name':'n','value':1,'observationId':'o'}} | missing_id",
                "{'id':'e','type':'score-create','timestamp':'2026-11-20T21:56:02Z',"
                        + "'body':{'name':'n','value':1,'sessionId':'s'}} | not_available",
            })
    void aBadEventIsRefusedAlone(String event, String reason) {
        RequestSpans spans = Batch.decode(GOOD, event, GOOD.replace("good", "better"));

        assertThat(spans.accepted()).isEqualTo(2);
        assertThat(spans.refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.reason().wireName()).isEqualTo(reason))
                .extracting(Refusal::index)
                .isEqualTo(1);
        JsonObject answer = answer(spans);
        assertThat(answer.getJsonArray("errors")).isEmpty();
        assertThat(answer.getJsonArray("successes"))
                .extracting(success -> ((JsonObject) success).getString("id"))
                .containsExactly("good", "better");
        JsonObject refused = answer.getJsonArray("refused").getJsonObject(0);
        assertThat(refused.getInteger("index")).isEqualTo(1);
        assertThat(refused.getInteger("status")).isEqualTo(400);
        assertThat(refused.getString("error")).isEqualTo(reason);
        assertThat(refused.getString("message")).isNotBlank();
        assertThat(refused.getString("id"))
                .isEqualTo(event.contains("'id':'e'") ? "e" : event.contains("'id':''") ? "" : null);
    }

    @Test
    void anEventOverTheLimitIsRefusedAlone() {
        SpanLimits small = new SpanLimits(1 << 20, 1024, 2000, 1 << 10, 1 << 10, 30, 64, 10, 100_000);
        RequestSpans spans = Batch.decode(
                DecodedRequest.context(small, Masking.NONE),
                Batch.of(GOOD, observation("span-create", "'input':'" + "x".repeat(3000) + "'")));
        assertThat(spans.accepted()).isEqualTo(1);
        assertThat(spans.refusedByReason()).hasToString("{TOO_LARGE=1}");
    }

    @Test
    void moreRefusalsThanAreNamedAreCounted() {
        SpanLimits few = new SpanLimits(1 << 20, 1024, 1 << 20, 1 << 10, 1 << 10, 30, 64, 2, 100_000);
        RequestSpans spans = Batch.decode(DecodedRequest.context(few, Masking.NONE), Batch.of("1", "2", "3", GOOD));
        JsonObject answer = answer(spans);
        assertThat(answer.getJsonArray("refused")).hasSize(2);
        assertThat(answer.getInteger("refused_total")).isEqualTo(3);
        assertThat(answer.getJsonArray("successes")).hasSize(1);
    }

    @Test
    void whatSdksSayOfThemselvesIsCounted() {
        RequestSpans spans = Batch.decode(event("sdk-log", "'log':{'a':1}"), GOOD);
        assertThat(spans.ignoredByReason()).isEqualTo(Map.of("sdk_log", 1));
        assertThat(answer(spans).encode())
                .isEqualTo("{\"successes\":[{\"id\":\"good\",\"status\":201}],\"errors\":[]}");
    }

    @Test
    void anEmptyBatchIsASuccess() {
        RequestSpans spans = Batch.decode();
        assertThat(answer(spans).encode()).isEqualTo("{\"successes\":[],\"errors\":[]}");
        assertThat(spans.records(1000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "7",
                "{}",
                "{'batch':null}",
                "{'batch':{}}",
                "{'batch':'x'}",
                "{'events':[]}",
                "{'batch':[",
                "{'batch':[]",
                "{'batch':[{'id':'e','type':'span-create','body':{'id':'a'}",
                "{'batch':[]} x",
                "{'batch':[]}{}",
                "not json"
            })
    void whatIsNoBatchIsRefusedAsAWhole(String body) {
        byte[] bytes = Batch.utf8(body);
        assertThatThrownBy(() -> LangfuseEvents.decode(bytes, 0, bytes.length, DecodedRequest.CONTEXT))
                .isInstanceOf(MalformedEnvelope.class)
                .hasMessageContaining("body");
    }

    @Test
    void otherEncodingsThanUtf8AreNoBatch() {
        byte[] bytes = "{\"batch\":[]}".getBytes(StandardCharsets.UTF_16LE);
        assertThatThrownBy(() -> LangfuseEvents.decode(bytes, 0, bytes.length, DecodedRequest.CONTEXT))
                .isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void membersComeInAnyOrder() {
        String backwards =
                "{'body':{'traceId':'%s','name':'n','id':'%s'},'timestamp':'%s','type':'tool-create','id':'e'}"
                        .formatted(TRACE, SPAN, TIME);
        Span span = only(backwards);
        assertThat(span.kind()).isEqualTo(SpanKind.TOOL);
        assertThat(span.message().getName()).isEqualTo("n");
    }

    @ParameterizedTest
    @CsvSource({
        "span, SPAN",
        "generation, LLM",
        "event, EVENT",
        "agent, AGENT",
        "tool, TOOL",
        "chain, CHAIN",
        "retriever, RETRIEVER",
        "evaluator, EVALUATOR",
        "embedding, EMBEDDING",
        "guardrail, GUARDRAIL",
    })
    void everyTypeIsAKind(String type, SpanKind kind) {
        assertThat(only(observation(type + "-create", "")).kind()).isEqualTo(kind);
        assertThat(only(observation(type + "-update", "")).kind()).isEqualTo(kind);
        assertThat(only(observation("observation-create", "'type':'" + type.toUpperCase(java.util.Locale.ROOT) + "'"))
                        .kind())
                .isEqualTo(kind);
    }

    /** SDKs update an agent as a span: that says nothing of its type. */
    @Test
    void anUpdateOfASpanTellsNoType() {
        assertThat(only(observation("span-update", "")).attributes()).isEmpty();
        assertThat(only(observation("observation-update", "")).attributes()).isEmpty();
        assertThat(only(observation("span-update", "'model':'m','usageDetails':{'input':1}"))
                        .kind())
                .isEqualTo(SpanKind.SPAN);
        assertThat(only(observation("generation-update", "'model':'m'")).kind()).isEqualTo(SpanKind.LLM);
        assertThat(only(observation("agent-create", "'usageDetails':{'input':1}"))
                        .kind())
                .isEqualTo(SpanKind.AGENT);
    }

    @Test
    void aMessageSaysWhenAndByWhichId() {
        PartialMessage create = only(observation("span-create", "")).message().getPartial();
        PartialMessage update = only(observation("span-update", "")).message().getPartial();
        assertThat(create.getUpdate()).isFalse();
        assertThat(update.getUpdate()).isTrue();
        assertThat(create.getAtNanos()).isEqualTo(1_795_211_762_488_000_000L);
        // printf '0191e6a0-0000-7000-8000-000000000001\0e1' | sha256sum
        assertThat(Batch.hex(create.getId())).isEqualTo(EVENT_1);
        assertThat(Batch.hex(only(event("3161be15-f910-4fa3-9f1f-59797494adfa", "trace-create", TIME, "'id':'t'"))
                        .message()
                        .getPartial()
                        .getId()))
                .isEqualTo("3161be15f9104fa39f1f59797494adfa");
    }

    private static final String EVENT_1 = "04969294aeff74f9df7c992ed7b5c0ae";

    @Test
    void idsAreBytesOrHashedTexts() {
        Span plain = only(event("span-create", "'id':'b7ad6b7169203331','traceId':'0af7651916cd43dd8448eb211c80319c'"));
        assertThat(plain.spanId()).isEqualTo("b7ad6b7169203331");
        assertThat(plain.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(plain.message().getExternalTraceId()).isEmpty();
        assertThat(plain.body().getExternalId()).isEmpty();
        Span free = only(event("span-create", "'id':'e1','traceId':'order 42','parentObservationId':'e1'"));
        assertThat(free.spanId()).isEqualTo(EVENT_1);
        assertThat(free.parentId()).isEqualTo(EVENT_1);
        assertThat(free.message().getExternalTraceId()).isEqualTo("order 42");
        assertThat(free.body().getExternalId()).isEqualTo("e1");
        assertThat(only(observation("span-create", "'parentObservationId':'0000000000000000'"))
                        .parentId())
                .isEmpty();
    }

    @Test
    void anObservationOfNoTraceHasOneOfItsOwn() {
        for (String type : new String[] {"span-create", "span-update"}) {
            Span span = only(event(type, "'id':'" + SPAN + "','traceId':null"));
            assertThat(span.traceId()).isEqualTo(SPAN.replace("-", "")).isEqualTo(span.spanId());
        }
        Span narrow = only(event("span-create", "'id':'b7ad6b7169203331'"));
        assertThat(narrow.message().getExternalTraceId()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void timesThatAreNotSaidAreThoseOfTheEvent() {
        long said = 1_795_211_762_488_000_000L;
        assertThat(only(observation("span-create", "")).message().getStartNanos())
                .isEqualTo(said);
        assertThat(only(observation("span-create", "")).message().getEndNanos()).isZero();
        assertThat(only(observation("span-update", "")).message().getStartNanos())
                .isZero();
        assertThat(only(observation("event-create", "")).message().getEndNanos())
                .isEqualTo(said);
        assertThat(only(event("trace-create", "'id':'t'")).message().getStartNanos())
                .isEqualTo(said);
        assertThat(only(observation("span-create", "'startTime':'2026-11-20T22:56:01+01:00'"))
                        .message()
                        .getStartNanos())
                .isEqualTo(said - 1_488_000_000L);
    }

    @Test
    void bytesThatAreNoUtf8AreReplaced() {
        byte[] body = Batch.of(observation("span-create", "'name':'a~b'"), GOOD);
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == '~' ? (byte) 0xff : body[i];
        }
        DecodedRequest request = new DecodedRequest(Batch.decode(DecodedRequest.CONTEXT, body));
        assertThat(request.spans().get(0).message().getName()).isEqualTo("a\ufffdb");
        assertThat(request.spans().get(0).marks()).containsExactly("bad_utf8");
        assertThat(request.spans().get(1).marks()).isEmpty();
    }

    @Test
    void aLargeBatchIsRead() {
        String events = IntStream.range(0, 20_000)
                .mapToObj(i -> event("e" + i, "span-create", TIME, "'id':'a" + i + "','traceId':'t'"))
                .collect(Collectors.joining(","));
        RequestSpans spans = Batch.decode(events);
        assertThat(spans.accepted()).isEqualTo(20_000);
        assertThat(answer(spans).getJsonArray("successes")).hasSize(20_000);
    }

    @Test
    void idsAreQuotedInTheAnswer() {
        String id = "a\\\"b\\u0001";
        assertThat(answer(Batch.decode(event(id, "span-create", TIME, "'id':'a'")))
                        .getJsonArray("successes")
                        .getJsonObject(0)
                        .getString("id"))
                .isEqualTo("a\"b\u0001");
    }

    private static JsonObject answer(RequestSpans spans) {
        return new JsonObject(Buffer.buffer(spans.receipt()));
    }
}
