package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpJsonText.attribute;
import static io.millrace.ingest.otlp.OtlpJsonText.attributes;
import static io.millrace.ingest.otlp.OtlpJsonText.request;
import static io.millrace.ingest.otlp.OtlpJsonText.span;
import static io.millrace.ingest.otlp.OtlpJsonText.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.SpanLimits;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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

    private static String map(String... members) {
        return "{\"kvlistValue\":{\"values\":[" + String.join(",", members) + "]}}";
    }

    private static Span decode(String... attributes) throws MalformedEnvelope {
        byte[] body = request(span("s", attributes(attributes)));
        return new DecodedRequest(OtlpEncoding.JSON.decode(
                        body, 0, body.length, DecodedRequest.context(SpanLimits.DEFAULT, NO_PASSWORDS)))
                .only();
    }
}
