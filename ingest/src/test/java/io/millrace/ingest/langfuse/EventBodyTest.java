package io.millrace.ingest.langfuse;

import static io.millrace.ingest.langfuse.Batch.event;
import static io.millrace.ingest.langfuse.Batch.observation;
import static io.millrace.ingest.langfuse.Batch.only;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.schema.span.SpanKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventBodyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'usage':{'input':5,'output':7,'total':12} | {input=5, output=7} | ``",
                "'usage':{'promptTokens':5,'completionTokens':7,'totalTokens':12} | {input=5, output=7} | ``",
                "'usage':{'promptTokens':'5','completionTokens':7,'unit':'TOKENS'} | {input=5, output=7} | ``",
                "'usage':{'input':5,'output':7,'inputCost':1,'outputCost':2,'totalCost':3} | {input=5, output=7} | 3",
                "'usage':{'input':5,'inputCost':0.25,'outputCost':null} | {input=5} | 0.25",
                "'usage':{'input':900,'unit':'CHARACTERS','totalCost':0.5} | {} | 0.5",
                "'usage':{'prompt_tokens':120,'completion_tokens':42,'total_tokens':162,"
                        + "'prompt_tokens_details':{'cached_tokens':64},"
                        + "'completion_tokens_details':{'reasoning_tokens':16}}"
                        + " | {input=56, input_cache_read=64, output=26, output_reasoning=16} | ``",
                "'usage':{'input_tokens':120,'output_tokens':42,'input_tokens_details':{'cached_tokens':64}}"
                        + " | {input=56, input_cache_read=64, output=42} | ``",
                "'usage':{} | {} | ``",
                "'usage':null,'usageDetails':null,'costDetails':null | {} | ``",
                "'usage':7 | {} | ``",
                "'usage':{'input':null,'unit':null} | {} | ``",
                "'usage':{'input':5},'usageDetails':{'input':6,'input_cached_tokens':2} | {input=6, input_cache_read=2} | ``",
                "'usageDetails':{'input':6},'usage':{'input':5,'totalCost':1} | {input=6} | 1",
                "'usageDetails':{},'usage':{'input':5} | {input=5} | ``",
                "'usageDetails':{'input':56,'output':26,'input_cached_tokens':64,'output_reasoning_tokens':16,'total':162}"
                        + " | {input=56, input_cache_read=64, output=26, output_reasoning=16} | ``",
                "'usageDetails':{'input':-1,'output':2} | {output=2} | ``",
                "'usageDetails':{'input':1},'costDetails':{'input':0.1,'output':'0.25'} | {input=1} | 0.35",
                "'usageDetails':{'input':1},'costDetails':{'total':0.00005} | {input=1} | 0.00005",
                "'usageDetails':[1] | {} | ``",
            })
    void usageComesInThreeForms(String members, String usage, String cost) {
        Span span = only(observation("generation-update", members));
        assertThat(span.usage()).hasToString(usage);
        assertThat(span.message().getReportedCostUsd()).isEqualTo(cost);
        assertThat(span.kind()).isEqualTo(SpanKind.LLM);
        assertThat(span.marks()).isEmpty();
    }

    @Test
    void whatDoesNotCountStaysAsItWasSent() {
        assertThat(only(observation("generation-create", "'usageDetails':{'input':6},'usage':{'input':5}"))
                        .attribute("langfuse.observation.usage")
                        .getStringValue())
                .isEqualTo("{\"input\":5}");
        assertThat(only(observation("generation-create", "'usage':{'input':900,'unit':'CHARACTERS'}"))
                        .attribute("langfuse.observation.usage")
                        .getStringValue())
                .isEqualTo("{\"input\":900,\"unit\":\"CHARACTERS\"}");
        assertThat(only(observation("generation-create", "'usage':{'input':5}")).attributes())
                .doesNotContainKey("langfuse.observation.usage");
    }

    @Test
    void nullsAndEmptyTextsSayNothing() {
        Span span = only(observation(
                "span-update",
                "'name':null,'input':null,'output':'','metadata':null,'level':null,'statusMessage':'','version':null,"
                        + "'model':null,'modelParameters':null,'promptName':null,'promptVersion':null,'startTime':null,"
                        + "'endTime':null,'completionStartTime':null,'parentObservationId':null,'environment':null,"
                        + "'else':null"));
        assertThat(span.message().toBuilder()
                        .clearTraceId()
                        .clearSpanId()
                        .clearPartial()
                        .clearContentHash()
                        .build())
                .isEqualTo(io.millrace.schema.wire.SpanMessage.getDefaultInstance());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'a text' | a text",
                "{ 'a' : [1, 2.50] } | { \"a\" : [1, 2.50] }",
                "[] | []",
                "0 | 0",
                "false | false",
                "1.5 | 1.5",
            })
    void whatGoesInAndComesOutIsJsonOrText(String value, String text) {
        Span span = only(observation("span-create", "'input':" + value + ",'output':" + value));
        assertThat(span.body().getInput()).isEqualTo(text);
        assertThat(span.body().getOutput()).isEqualTo(text);
    }

    @Test
    void metadataAreAttributesOfTheirTypes() {
        Span span = only(observation(
                "span-create",
                "'metadata':{'s':'x','i':7,'d':1.5,'b':true,'m':{'k':['v']},'n':null,'':'e'},'mine':[1]"));
        String metadata = "langfuse.observation.metadata.";
        assertThat(span.attribute(metadata + "s").getStringValue()).isEqualTo("x");
        assertThat(span.attribute(metadata + "i").getIntValue()).isEqualTo(7);
        assertThat(span.attribute(metadata + "d").getDoubleValue()).isEqualTo(1.5);
        assertThat(span.attribute(metadata + "b").getBoolValue()).isTrue();
        assertThat(span.attribute(metadata + "m").getKvlistValue().getValues(0).getKey())
                .isEqualTo("k");
        assertThat(span.attributes()).doesNotContainKey(metadata + "n");
        assertThat(span.attribute(metadata).getStringValue()).isEqualTo("e");
        assertThat(span.attribute("langfuse.observation.mine").getArrayValue().getValuesCount())
                .isEqualTo(1);
        assertThat(only(observation("span-create", "'metadata':'all of it'"))
                        .attribute("langfuse.observation.metadata")
                        .getStringValue())
                .isEqualTo("all of it");
        assertThat(only(event("trace-create", "'id':'t','metadata':{'k':'v'},'public':true"))
                        .attributes()
                        .keySet())
                .containsExactly("langfuse.trace.metadata.k", "langfuse.trace.public");
    }

    @Test
    void whatIsNestedTooDeepIsKeptAsJson() {
        String deep = "[".repeat(200) + "]".repeat(200);
        Span span = only(observation("span-create", "'metadata':{'deep':{'a':" + deep + "},'flat':1},'name':'n'"));
        assertThat(span.attribute("langfuse.observation.metadata.deep").getStringValue())
                .isEqualTo("{\"a\":" + deep + "}");
        assertThat(span.attribute("langfuse.observation.metadata.flat").getIntValue())
                .isEqualTo(1);
        assertThat(span.message().getName()).isEqualTo("n");
        Span list = only(observation("span-create", "'metadata':{'deep':" + deep + "},'name':'n'"));
        assertThat(list.attribute("langfuse.observation.metadata.deep").getStringValue())
                .isEqualTo(deep);
        assertThat(list.message().getName()).isEqualTo("n");
    }

    @ParameterizedTest
    @CsvSource({
        "production, production",
        "Staging, staging",
        "langfuse-eval, -eval",
        "a_b-9, a_b-9",
        "'two words', default",
        "ümlaut, default",
        "langfuse, default",
        "default, default",
        "0123456789012345678901234567890123456789, 0123456789012345678901234567890123456789",
        "01234567890123456789012345678901234567890, default",
    })
    void environmentsAreWrittenAsLangfuseDoes(String sent, String environment) {
        Span span = only(observation("span-create", "'environment':'" + sent + "'"));
        assertThat(span.message().getEnvironment()).isEqualTo(environment);
        boolean replaced = environment.equals("default") && !sent.equals("default");
        assertThat(span.attribute("langfuse.environment.sent").getStringValue()).isEqualTo(replaced ? sent : "");
    }

    @Test
    void aLevelMakesAnErrorAndAFailedCallThatCostNothingHasNoCost() {
        Span failed = only(observation(
                "generation-update", "'level':'ERROR','statusMessage':'boom','costDetails':{'input':0,'total':0}"));
        assertThat(failed.message().getStatus()).isEqualTo(2);
        assertThat(failed.body().getStatusMessage()).isEqualTo("boom");
        assertThat(failed.body().getLevel()).isEqualTo("ERROR");
        assertThat(failed.message().getReportedCostUsd()).isEmpty();
        assertThat(only(observation("span-update", "'level':'WARNING'"))
                        .message()
                        .getStatus())
                .isZero();
    }

    @Test
    void theFirstTokenIsAnInstantWhetherOrNotTheStartIsKnown() {
        for (String start : new String[] {"", "'startTime':'2026-11-20T21:56:01Z',"}) {
            Span span = only(
                    observation("generation-update", start + "'completionStartTime':'2026-11-20T21:56:02.5+00:00'"));
            assertThat(span.message().getPartial().getFirstTokenAtNanos()).isEqualTo(1_795_211_762_500_000_000L);
            assertThat(span.message().getTimeToFirstTokenNanos()).isZero();
        }
    }

    @Test
    void numbersAreTakenAsTexts() {
        Span trace = only(event("trace-create", "'id':7,'userId':42,'sessionId':9,'name':5,'tags':['a','b']"));
        assertThat(trace.message().getUserId()).isEqualTo("42");
        assertThat(trace.message().getSessionId()).isEqualTo("9");
        assertThat(trace.message().getName()).isEqualTo("5");
        assertThat(trace.message().getExternalTraceId()).isEqualTo("7");
        assertThat(trace.message().getTagsList()).containsExactly("a", "b");
    }

    @Test
    void aVersionIsTheReleaseOfWhatHasNone() {
        assertThat(only(event("trace-create", "'id':'t','version':'v9'"))
                        .message()
                        .getRelease())
                .isEqualTo("v9");
        Span both = only(event("trace-create", "'id':'t','version':'v9','release':'r1'"));
        assertThat(both.message().getRelease()).isEqualTo("r1");
        assertThat(both.attribute("langfuse.version").getStringValue()).isEqualTo("v9");
    }

    @Test
    void aLongNameIsCutAndSaysSo() {
        Span span = only(observation("span-create", "'name':'" + "n".repeat(2000) + "'"));
        assertThat(span.message().getName()).hasSize(1024);
        assertThat(span.marks()).containsExactly("truncated");
        assertThat(span.attribute("millrace.truncated.name").getIntValue()).isEqualTo(2000);
    }
}
