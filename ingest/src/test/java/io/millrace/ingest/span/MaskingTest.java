package io.millrace.ingest.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.otlp.OtlpEncoding;
import io.millrace.ingest.privacy.Masking;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MaskingTest {
    private static final Masking HIDE = (utf8, from, to) -> {
        String text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
        return text.contains("hunter2")
                ? new Masking.Masked(text.replace("hunter2", "***").getBytes(StandardCharsets.UTF_8), false)
                : null;
    };

    private static final String EVERYWHERE = """
            {"resourceSpans":[{
              "resource":{"attributes":[
                {"key":"service.name","value":{"stringValue":"svc hunter2"}},
                {"key":"host.name","value":{"stringValue":"host hunter2"}}]},
              "scopeSpans":[{"scope":{"name":"scope hunter2","attributes":[
                {"key":"s","value":{"stringValue":"module hunter2"}}]},"spans":[{
                "traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",
                "name":"name hunter2",
                "startTimeUnixNano":"1795211985359000000","endTimeUnixNano":"1795211985360000000",
                "attributes":[
                  {"key":"user.id","value":{"stringValue":"user hunter2"}},
                  {"key":"gen_ai.input.messages","value":{"kvlistValue":{"values":[
                    {"key":"content","value":{"stringValue":"in hunter2"}}]}}},
                  {"key":"gen_ai.output.messages","value":{"stringValue":"out hunter2"}},
                  {"key":"gen_ai.response.finish_reasons","value":{"arrayValue":{"values":[
                    {"stringValue":"stop hunter2"}]}}},
                  {"key":"custom","value":{"arrayValue":{"values":[
                    {"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"deep hunter2"}}]}}]}}}],
                "events":[{"name":"event hunter2","timeUnixNano":"1795211985359000001",
                  "attributes":[{"key":"e","value":{"stringValue":"event hunter2"}}]}],
                "links":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203332",
                  "traceState":"a=hunter2","attributes":[{"key":"l","value":{"stringValue":"link hunter2"}}]}],
                "status":{"code":2,"message":"status hunter2"}}]}]}]}
            """;

    @Test
    void nothingThatIsWrittenHoldsTheUnmaskedText() throws MalformedEnvelope {
        byte[] body = EVERYWHERE.getBytes(StandardCharsets.UTF_8);
        assertThat(written(body, Masking.NONE)).contains("hunter2");

        String masked = written(body, HIDE);

        assertThat(masked).doesNotContain("hunter2");
        assertThat(masked)
                .contains("svc ***", "host ***", "scope ***", "name ***", "user ***", "in ***", "out ***", "stop ***")
                .contains("module ***", "deep ***", "event ***", "a=***", "link ***", "status ***");
    }

    @Test
    void aSecretThatTheCutWouldHalveIsMaskedFirst() throws MalformedEnvelope {
        SpanLimits limits = new SpanLimits(1000, 8, 1 << 20, 1 << 20, 1 << 20, 30, 64, 10, 100_000);
        byte[] body =
                EVERYWHERE.replace("name hunter2", "name hunter2 and more").getBytes(StandardCharsets.UTF_8);

        DecodedRequest.Span span = new DecodedRequest(
                        OtlpEncoding.JSON.decode(body, 0, body.length, DecodedRequest.context(limits, HIDE)))
                .only();

        assertThat(span.message().getName()).isEqualTo("name ***");
        assertThat(span.marks()).contains("truncated");
    }

    /** Payloads and lists are put together when the span has ended, the others at once: it is one to who allows them. */
    @Test
    void whatIsAllowedIsKeptWhereverItGoes() throws MalformedEnvelope {
        Masking allowing =
                allowing(Set.of("user.id", "gen_ai.input.messages", "gen_ai.response.finish_reasons", "custom"));

        String masked = written(EVERYWHERE.getBytes(StandardCharsets.UTF_8), allowing);

        assertThat(masked)
                .contains("user hunter2", "in hunter2", "stop hunter2", "deep hunter2")
                .contains("out ***", "name ***", "status ***", "event ***");
    }

    @Test
    void whatAnAllowedAttributeOutranksIsNotAllowed() throws MalformedEnvelope {
        String outranked = EVERYWHERE.replace(
                "{\"key\":\"user.id\",\"value\":{\"stringValue\":\"user hunter2\"}}",
                "{\"key\":\"enduser.id\",\"value\":{\"stringValue\":\"other hunter2\"}},"
                        + "{\"key\":\"user.id\",\"value\":{\"stringValue\":\"user hunter2\"}}");

        String masked = written(outranked.getBytes(StandardCharsets.UTF_8), allowing(Set.of("user.id")));

        assertThat(masked).contains("user hunter2", "other ***");
    }

    private static Masking allowing(Set<String> keys) {
        return new Masking() {
            @Override
            public @Nullable Masked mask(byte[] utf8, int from, int to) {
                return HIDE.mask(utf8, from, to);
            }

            @Override
            public boolean hasKeyRules() {
                return true;
            }

            @Override
            public Attributes attributes(byte[] utf8, int from, int to) {
                return keys.contains(new String(utf8, from, to - from, StandardCharsets.UTF_8))
                        ? Attributes.ALLOWED
                        : Attributes.MASKED;
            }
        };
    }

    private static String written(byte[] body, Masking masking) throws MalformedEnvelope {
        RequestSpans spans =
                OtlpEncoding.JSON.decode(body, 0, body.length, DecodedRequest.context(SpanLimits.DEFAULT, masking));
        assertThat(spans.accepted()).isEqualTo(1);
        return new String(spans.records(1 << 20).get(0).value(), StandardCharsets.ISO_8859_1);
    }
}
