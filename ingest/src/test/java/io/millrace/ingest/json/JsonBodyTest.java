package io.millrace.ingest.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.span.MalformedEnvelope;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonBodyTest {
    /** A parser that read them could not tell where a payload begins, and payloads would be lost in silence. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-16"})
    void otherEncodingsThanUtf8AreNoJson(String encoding) throws IOException, MalformedEnvelope {
        byte[] bytes = "{\"input\": {\"a\": 1}}".getBytes(Charset.forName(encoding));
        try (JsonParser parser = new JsonBody(bytes, 0, bytes.length).parser()) {
            assertThatThrownBy(() -> {
                        while (parser.nextToken() != null) {
                            // To where it is none.
                        }
                    })
                    .isInstanceOf(JsonProcessingException.class);
        }
    }

    /** One long name would have all other items refused. */
    @Test
    void namesMayBeAsLongAsTexts() throws IOException, MalformedEnvelope {
        byte[] bytes = ("{\"" + "n".repeat(100_000) + "\": 1}").getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = new JsonBody(bytes, 0, bytes.length).parser()) {
            parser.nextToken();
            assertThat(parser.nextFieldName()).hasSize(100_000);
        }
    }

    @Test
    void aByteOrderMarkIsPassedOver() throws IOException, MalformedEnvelope {
        byte[] bytes = "..\uFEFF{\"a\": 1}".getBytes(StandardCharsets.UTF_8);
        JsonBody body = new JsonBody(bytes, 2, bytes.length - 2);
        assertThat(body.from()).isEqualTo(5);
        try (JsonParser parser = body.parser()) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            assertThat(parser.currentTokenLocation().getByteOffset()).isZero();
        }
        assertThat(body.reader().nextToken()).isEqualTo(JsonToken.START_OBJECT);
    }

    /** JavaScript writes such a name of a text that was cut within a character. */
    @Test
    void whatHoldsHalfAPairIsReadWithoutIt() throws MalformedEnvelope {
        String sent = "  {\"a \\ud83d\": [\"\\uD83D\\uDE00\", \"\\\\ud83d\", \"\\uDe00\\ud83d\", 1]}";
        byte[] bytes = sent.getBytes(StandardCharsets.UTF_8);
        List<JsonBody> bodies = new ArrayList<>();

        List<String> texts = JsonBody.read(bytes, 2, bytes.length - 2, body -> {
            bodies.add(body);
            return texts(body);
        });

        assertThat(texts).containsExactly("a \uFFFD", "\uD83D\uDE00", "\\ud83d", "\uFFFD\uFFFD", "1");
        assertThat(sent).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        assertThat(bodies).extracting(JsonBody::repaired).containsExactly(false, true);
        JsonBody mended = bodies.get(1);
        assertThat(mended.end() - mended.from()).isEqualTo(bytes.length - 2);
        assertThat(mended.holdsReplacement(mended.from(), mended.end())).isTrue();
        assertThat(mended.holdsReplacement(mended.from() + 10, mended.from() + 42))
                .isFalse();
    }

    @Test
    void whatIsNoJsonAnywayIsReadOnce() {
        byte[] bytes = "{\"\\ud83d\\ude00\": \"\\ud83d\\ude00\"".getBytes(StandardCharsets.UTF_8);
        List<JsonBody> bodies = new ArrayList<>();
        assertThatThrownBy(() -> JsonBody.read(bytes, 0, bytes.length, body -> {
                    bodies.add(body);
                    return texts(body);
                }))
                .isInstanceOf(MalformedEnvelope.class);
        assertThat(bodies).hasSize(1);
    }

    private static List<String> texts(JsonBody body) throws MalformedEnvelope {
        List<String> texts = new ArrayList<>();
        try (JsonParser parser = body.parser()) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (!token.isStructStart() && !token.isStructEnd()) {
                    texts.add(parser.getText());
                }
            }
        } catch (IOException broken) {
            throw JsonBody.malformed(broken);
        }
        return texts;
    }
}
