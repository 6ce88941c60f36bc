package io.millrace.ingest.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.Trials;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader against Jackson's, and against what RFC 8259 says. */
class JsonReaderTest {
    private static final String[] PIECES = {
        "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\u00e9", "\\u20AC", "\\uD83D\\uDE00",
        "\\ud83d", "\\ude00", "\\ud83dx", "\\ud83d\\n", "\\u0000", "a", "plain text of some length ", "é", "€", "😀",
                "{", "]"
    };
    private static final String[] SPACES = {"", "", "", " ", "\n", "\t\r\n  "};
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "7",
        "-12",
        "1795211985359000000",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "999999999999999999",
        "0.5",
        "1.0",
        "1e3",
        "1E+2",
        "12e-1",
        "1e400",
        "-1.5e-7"
    };

    @Test
    void documentsAreReadAsJacksonReadsThem() {
        Trials.run(3_000, random -> {
            String document = object(random, 3);
            assertThat(read(document.getBytes(StandardCharsets.UTF_8), random))
                    .as(document)
                    .isNotEmpty();
        });
    }

    @Test
    void documentsWithBytesChangedAreTakenOrRefusedAsByJackson() {
        Trials.run(20_000, random -> {
            byte[] document = object(random, 2).getBytes(StandardCharsets.UTF_8);
            for (int i = random.nextInt(3); i >= 0; i--) {
                document[random.nextInt(document.length)] = (byte)
                        (random.nextBoolean()
                                ? random.nextInt(256)
                                : "{}[]\",:\\u0-1.e tn\n".charAt(random.nextInt(18)));
            }
            read(document, random);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":-}",
                "{\"a\":--1}",
                "{\"a\":0x1}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":tru}",
                "{\"a\":truee}",
                "{\"a\":nul",
                "{\"a\":'b'}",
                "{a:1}",
                "{\"a\" 1}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":[1,]}",
                "{\"a\":[,1]}",
                "{\"a\":[1 2]}",
                "{\"a\":[1}",
                "{\"a\":{]}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"tab\there\"}",
                "{\"a\":\"not ended}",
                "{\"a\":\"ends in an escape\\",
                "{\"a\":/* a comment */1}",
                "{\"a\":",
                "{\"a\"",
                "{",
                "["
            })
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> readAll(text)).isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void aRefusalSaysWhere() {
        assertThatThrownBy(() -> readAll("{\"a\":1,\n \"b\":?}"))
                .isInstanceOf(MalformedEnvelope.class)
                .hasMessage("the body is no JSON: line 2, column 6");
    }

    @Test
    void aByteOrderMarkIsPassedOver() throws Exception {
        assertThat(reader("\uFEFF{}").nextToken()).isEqualTo(JsonToken.START_OBJECT);
    }

    @Test
    void nestingHasALimit() throws Exception {
        readAll("[".repeat(10_000) + "]".repeat(10_000));
        assertThatThrownBy(() -> readAll("[".repeat(10_001) + "]".repeat(10_001)))
                .isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void aNumberHasALimit() throws Exception {
        readAll("1".repeat(1_000));
        assertThatThrownBy(() -> readAll("1".repeat(1_001))).isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void aNameThatIsLikelyIsFoundAsAnyOther() throws Exception {
        List<String> names = new ArrayList<>();
        List<Long> values = new ArrayList<>();
        JsonReader reader = reader("""
                [{"key" : 1, "value":2}, {"key" : 3 , "value":4}, {"key":5,"values":6, "ke":7, "k\\u0065y":8, "value" :9},
                {"key":10,"value":11}]""");
        for (JsonToken token = reader.nextToken(); token != null; token = reader.nextToken()) {
            if (token == JsonToken.FIELD_NAME) {
                names.add(reader.currentName());
            } else if (token == JsonToken.VALUE_NUMBER_INT) {
                values.add(reader.integer("a value"));
            }
        }
        assertThat(names)
                .containsExactly("key", "value", "key", "value", "key", "values", "ke", "key", "value", "key", "value");
        assertThat(values).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"key\":1},{\"key\" 2}]",
                "[{\"key\":1},{\"key\"",
                "[{\"key\":1},{\"key:2}]",
                "[{\"key\":1},{key\":2}]"
            })
    void whatOnlyBeginsLikeALikelyNameIsNone(String text) {
        assertThatThrownBy(() -> readAll(text + " ".repeat(8))).isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void moreNamesThanItRemembersAreStillThemselves() throws Exception {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < 1_000; i++) {
            text.append(i == 0 ? "" : ",").append("\"n").append(i % 300).append("\":null");
        }
        JsonReader reader = reader(text.append('}').toString());
        reader.nextToken();
        for (int i = 0; i < 1_000; i++) {
            reader.nextToken();
            assertThat(reader.currentName()).isEqualTo("n" + i % 300);
            reader.nextToken();
        }
    }

    @Test
    void whatIsInsideIsLeftAtItsEnd() throws Exception {
        JsonReader reader = reader("{\"a\":{\"b\":[1,{\"c\":{}}],\"d\":2},\"e\":[]}");
        reader.nextToken();
        reader.nextToken();
        reader.nextToken();
        int inside = reader.depth();
        reader.nextToken();
        reader.nextToken();
        reader.nextToken();
        reader.leave(inside);
        assertThat(reader.currentToken()).isEqualTo(JsonToken.END_OBJECT);
        assertThat(reader.nextToken()).isEqualTo(JsonToken.FIELD_NAME);
        assertThat(reader.currentName()).isEqualTo("e");
        reader.nextToken();
        reader.skipChildren();
        assertThat(reader.nextToken()).isEqualTo(JsonToken.END_OBJECT);
    }

    @Test
    void idsAreHexadecimalInEitherCase() throws Exception {
        WireWriter out = new WireWriter(64);
        JsonReader reader = reader("\"0aFf\"");
        reader.nextToken();
        reader.hex(out, 1, "the id");
        assertThat(out.toByteArray()).containsExactly(1 << 3 | 2, 2, 0x0A, 0xFF);
    }

    @Test
    void idsMayBeEscaped() throws Exception {
        WireWriter out = new WireWriter(64);
        JsonReader reader = reader("\"\\u0030\\u0041\"");
        reader.nextToken();
        reader.hex(out, 1, "the id");
        assertThat(out.toByteArray()).containsExactly(1 << 3 | 2, 1, 0x0A);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"0a0\"", "\"0a0g\"", "\"é\"", "\"\\u0030\\u0047\"", "7", "{}"})
    void ofWhatIsNoIdNothingIsWritten(String text) throws Exception {
        WireWriter out = new WireWriter(64);
        JsonReader reader = reader(text);
        reader.nextToken();
        assertThatThrownBy(() -> reader.hex(out, 1, "the id")).isInstanceOf(MalformedSpan.class);
        assertThat(out.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"+/8=\"", "\"-_8=\"", "\"-_8\"", "\"\\u002b/8\""})
    void bytesAreBase64OfEitherAlphabet(String text) throws Exception {
        WireWriter out = new WireWriter(64);
        JsonReader reader = reader(text);
        reader.nextToken();
        reader.base64(out, 1, "the bytes");
        assertThat(out.toByteArray()).containsExactly(1 << 3 | 2, 2, 0xFB, 0xFF);
    }

    /** Reads with both, and compares token by token; returns what was read, nothing if both refused it. */
    private static List<String> read(byte[] document, Random random) {
        byte[] around = Trials.bytes(random, 20);
        byte[] body = new byte[around.length + document.length + random.nextInt(12)];
        System.arraycopy(around, 0, body, 0, around.length);
        System.arraycopy(document, 0, body, around.length, document.length);
        JsonBody json = new JsonBody(body, around.length, document.length);
        String text = new String(document, StandardCharsets.UTF_8);
        List<String> expected = new ArrayList<>();
        String refusal = jackson(json, expected);
        // It refuses in names what it takes in texts, and takes what is no UTF-8 for UTF-16.
        if (refusal.contains("surrogate pair in field name")
                || text.substring(0, Math.min(4, text.length())).contains("\0")) {
            return List.of();
        }
        boolean taken = refusal.isEmpty();
        List<String> read = new ArrayList<>();
        assertThat(ours(json, read)).as(text).isEqualTo(taken);
        if (taken) {
            assertThat(read).as(text).isEqualTo(expected);
        }
        return taken ? read : List.of();
    }

    /** Why it is refused; empty if it is not. */
    private static String jackson(JsonBody json, List<String> tokens) {
        try (JsonParser parser = json.parser()) {
            int depth = 0;
            do {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    return "ends too soon";
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                WireWriter out = new WireWriter(0);
                String text = token == JsonToken.FIELD_NAME ? parser.currentName() : parser.getText();
                if (token == JsonToken.VALUE_STRING) {
                    JsonValues.presentText(parser, out, 1, "a text");
                }
                tokens.add(line(
                        token,
                        text,
                        out,
                        () -> JsonValues.integer(parser, "a number"),
                        () -> JsonValues.number(parser, "a number")));
            } while (depth > 0);
            return parser.nextToken() == null ? "" : "goes on";
        } catch (IOException | MalformedEnvelope | MalformedSpan refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private static boolean ours(JsonBody json, List<String> tokens) {
        try {
            JsonReader reader = json.reader();
            do {
                JsonToken token = reader.nextToken();
                if (token == null) {
                    return false;
                }
                WireWriter out = new WireWriter(0);
                String text = token == JsonToken.FIELD_NAME
                        ? reader.currentName()
                        : token.isNumeric() || token == JsonToken.VALUE_STRING ? reader.text() : token.asString();
                if (token == JsonToken.VALUE_STRING) {
                    reader.presentText(out, 1, "a text");
                }
                tokens.add(line(token, text, out, () -> reader.integer("a number"), () -> reader.number("a number")));
            } while (reader.depth() > 0);
            return reader.nextToken() == null;
        } catch (MalformedEnvelope | MalformedSpan refused) {
            return false;
        }
    }

    private interface Value {
        Object read() throws MalformedSpan, IOException;
    }

    /** All that can be asked of a token. Halves of surrogate pairs, which no UTF-8 has, are one replacement character. */
    private static String line(JsonToken token, String text, WireWriter out, Value integer, Value number) {
        return token + " " + text.replaceAll("[\\ud800-\\udfff]", "\uFFFD") + " "
                + java.util.Arrays.toString(out.toByteArray())
                + (token.isScalarValue() ? " " + said(integer) + " " + said(number) : "");
    }

    private static String said(Value value) {
        try {
            Object read = value.read();
            // Jackson loses the sign of a zero that is written as a whole number.
            return read.equals(-0.0) ? "0.0" : read.toString();
        } catch (MalformedSpan refused) {
            return refused.detail();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private static String object(Random random, int depth) {
        StringBuilder text = new StringBuilder("{");
        int members = random.nextInt(5);
        for (int i = 0; i < members; i++) {
            text.append(i == 0 ? "" : ",")
                    .append(space(random))
                    .append(name(random))
                    .append(space(random))
                    .append(':')
                    .append(space(random))
                    .append(value(random, depth))
                    .append(space(random));
        }
        return text.append('}').append(space(random)).toString();
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> Trials.oneOf(random, "true", "false", "null");
            case 1 -> Trials.oneOf(random, NUMBERS);
            case 2 -> string(random);
            case 3 -> '"' + Trials.oneOf(random, NUMBERS) + '"';
            case 4 -> object(random, depth - 1);
            default -> {
                StringBuilder array = new StringBuilder("[");
                int elements = random.nextInt(4);
                for (int i = 0; i < elements; i++) {
                    array.append(i == 0 ? "" : ",").append(space(random)).append(value(random, depth - 1));
                }
                yield array.append(space(random)).append(']').toString();
            }
        };
    }

    private static String string(Random random) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(Trials.oneOf(random, PIECES));
        }
        return text.append('"').toString();
    }

    /** Without halves of surrogate pairs. */
    private static String name(Random random) {
        String name = string(random);
        while (name.matches(".*\\\\u(?i:d[89a-f]).*")) {
            name = string(random);
        }
        return name;
    }

    private static String space(Random random) {
        return Trials.oneOf(random, SPACES);
    }

    private static JsonReader reader(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new JsonBody(bytes, 0, bytes.length).reader();
    }

    private static void readAll(String text) throws MalformedEnvelope {
        JsonReader reader = reader(text);
        do {
            reader.nextToken();
        } while (reader.depth() > 0);
        assertThat(reader.nextToken()).isNull();
    }
}
