package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpJsonText.attribute;
import static io.millrace.ingest.otlp.OtlpJsonText.attributes;
import static io.millrace.ingest.otlp.OtlpJsonText.request;
import static io.millrace.ingest.otlp.OtlpJsonText.span;
import static io.millrace.ingest.otlp.OtlpJsonText.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.privacy.Masking.Attributes;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.ingest.span.WordMasking;
import io.millrace.schema.wire.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A map loses what is denied by its name, also where the map becomes a text. */
final class DeniedKeysTest {
    private static final Masking NO_PASSWORDS = new Masking() {
        @Override
        public @Nullable Masked mask(byte[] utf8, int from, int to) {
            return null;
        }

        @Override
        public boolean hasKeyRules() {
            return true;
        }

        @Override
        public Attributes attributes(byte[] utf8, int from, int to) {
            return new String(utf8, from, to - from, StandardCharsets.UTF_8).equals("password")
                    ? Attributes.DENIED
                    : Attributes.MASKED;
        }
    };

    @Test
    void aMapThatIsAPayload() throws MalformedEnvelope {
        String message = map(
                text("password", "first hunter2"),
                text("role", "user"),
                text("password", "hunter2"),
                "{\"key\":\"content\",\"value\":" + map(text("said", "hello"), text("password", "hunter2")) + "}");
        Span span = decode(attribute("gen_ai.input.messages", "{\"arrayValue\":{\"values\":[" + message + "]}}"));

        assertThat(span.body().getInput()).isEqualTo("[{\"role\":\"user\",\"content\":{\"said\":\"hello\"}}]");
        assertThat(span.message().toString()).doesNotContain("hunter2");
        assertThat(span.marks()).contains("masked");
    }

    @Test
    void aMapWithNothingElse() throws MalformedEnvelope {
        Span span = decode(attribute("gen_ai.input.messages", map(text("password", "hunter2"))));

        assertThat(span.body().getInput()).isEqualTo("{}");
        assertThat(span.marks()).contains("masked");
    }

    @Test
    void aMapWithoutIt() throws MalformedEnvelope {
        Span span = decode(attribute("gen_ai.input.messages", map(text("passwords", "none"))));

        assertThat(span.body().getInput()).isEqualTo("{\"passwords\":\"none\"}");
        assertThat(span.marks()).doesNotContain("masked");
    }

    @ParameterizedTest
    @CsvSource({
        "service.name, '', 1.2, new",
        "service.version, shop, '', new",
        "deployment.environment.name, shop, 1.2, old",
        "deployment.environment, shop, 1.2, new"
    })
    void anAttributeOfAResourceThatHasAPlaceOfItsOwn(String denied, String name, String version, String environment)
            throws MalformedEnvelope {
        Span span = decodeOfResource(
                Map.of(denied, Attributes.DENIED),
                text("service.name", "shop"),
                text("service.version", "1.2"),
                text("deployment.environment.name", "new"),
                text("deployment.environment", "old"));

        assertThat(span.origin().getServiceName()).isEqualTo(name);
        assertThat(span.origin().getServiceVersion()).isEqualTo(version);
        assertThat(span.origin().getEnvironment()).isEqualTo(environment);
        assertThat(span.origin().getResourceAttributesList())
                .extracting(KeyValue::getKey)
                .doesNotContain(denied);
        assertThat(span.marks()).containsExactly("masked");
    }

    @Test
    void anAttributeOfAResourceThatIsKeptAsItIs() throws MalformedEnvelope {
        Span span = decodeOfResource(
                Map.of("service.name", Attributes.ALLOWED),
                text("service.name", "hunter2"),
                text("service.version", "hunter2"),
                text("host.name", "hunter2"));

        assertThat(span.origin().getServiceName()).isEqualTo("hunter2");
        assertThat(span.origin().getServiceVersion()).isEqualTo("***");
        assertThat(span.origin().getResourceAttributes(0).getValue().getStringValue())
                .isEqualTo("***");
    }

    private static String map(String... members) {
        return "{\"kvlistValue\":{\"values\":[" + String.join(",", members) + "]}}";
    }

    private static Span decode(String... attributes) throws MalformedEnvelope {
        return decode(request(span("s", attributes(attributes))), NO_PASSWORDS);
    }

    private static Span decodeOfResource(Map<String, Attributes> rules, String... attributes) throws MalformedEnvelope {
        String body = "{\"resourceSpans\":[{\"resource\":{" + attributes(attributes) + "},\"scopeSpans\":[{\"spans\":["
                + span("s") + "]}]}]}";
        return decode(body.getBytes(StandardCharsets.UTF_8), new WordMasking(rules));
    }

    private static Span decode(byte[] body, Masking masking) throws MalformedEnvelope {
        return new DecodedRequest(OtlpEncoding.JSON.decode(
                        body, 0, body.length, DecodedRequest.context(SpanLimits.DEFAULT, masking)))
                .only();
    }
}
