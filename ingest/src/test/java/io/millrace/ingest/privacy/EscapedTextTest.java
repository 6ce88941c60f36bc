package io.millrace.ingest.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schema.privacy.MaskAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads are JSON, and what is sensitive in them stands behind escapes. */
final class EscapedTextTest {
    private static final Masking ALL = SensitiveTextTest.masking(MaskAction.MASK);
    private static final Masking NINE_DIGITS = SensitiveTextTest.masking(
            MaskAction.MASK,
            new MaskingRules.OwnPattern("nine", com.google.re2j.Pattern.compile("[0-9]{9}"), MaskAction.MASK),
            new MaskingRules.OwnPattern("four", com.google.re2j.Pattern.compile("\\s?7{4}(,\\d+)?"), MaskAction.MASK));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper ASCII = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII, JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
            .build();

    private static final Pattern ESCAPED_QUOTE = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*\\\\)\"");

    /** With what looks like members and ends of JSON. */
    private static final List<String> TEXTS = List.of(
            ", 4111111111111111, x",
            ": 4111111111111111}",
            "see [1, 4111111111111111]",
            "a\\, 4111111111111111 ]",
            "\", 4111111111111111, \"",
            "\\",
            "{\"a\":");

    private static final List<String> SENSITIVE = List.of(
            "jane@example.com",
            "jörg.müller@bücher.de",
            "+14155552671",
            "(415) 555-2671",
            "415-555-2671",
            "4242424242424242",
            "4111 1111 1111 1111",
            "GB29NWBK60161331926819",
            "DE89 3704 0044 0532 0130 00",
            "078-05-1120",
            "AB123456C",
            "12345678Z",
            "203.0.113.7",
            "2001:db8::8a2e:370:7334",
            "sk-proj-abcDEF0123456789abcdef",
            "ghp_0123456789abcdefABCDEF0123456789abcd",
            "AKIAIOSFODNN7EXAMPLE",
            "AIzaSyA1234567890abcdefghijklmnopqrstuv",
            "ya29.a0AfH6SMBxabcdefghij0",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U");

    /** As libraries of several languages escape: Go and Gson for HTML, .NET also the plus, PHP the slash, Python all letters. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a:\\njane@example.com|a:\\n[EMAIL]",
                "\\u003cjane@example.com\\u003e|\\u003c[EMAIL]\\u003e",
                "j\\u00f6rg.m\\u00fcller@b\\u00fccher.de\\r\\n|[EMAIL]\\r\\n",
                "\\u4f60\\u597d4242424242424242|\\u4f60\\u597d[PAYMENT_CARD]",
                "\\ud83d\\ude004242424242424242|\\ud83d\\ude00[PAYMENT_CARD]",
                "\\u002B14155552671 or \\u002b49 30 901820|[PHONE] or [PHONE]",
                "https:\\/\\/app:s3cr-t@db\\/x|https:\\/\\/app:[SECRET]@db\\/x",
                "Bearer abc\\u002Bdef\\/0123456789\\u003d\\n|Bearer [SECRET]\\n",
                "key\\u003dsk-proj-abcDEF0123456789abcdef\\u0026|key\\u003d[SECRET]\\u0026",
                "{\\\"to\\\":\\\"\\\\n415-555-2671\\\\n\\\"}|{\\\"to\\\":\\\"\\\\n[PHONE]\\\\n\\\"}",
                "\\\\\\\\\\\\n10.1.2.3\\\\\\\\\\\\n|\\\\\\\\\\\\n[IP_ADDRESS]\\\\\\\\\\\\n",
                "-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\nx|[SECRET]\\nx",
                "C:\\temp\\10.1.2.3\\|C:\\temp\\[IP_ADDRESS]\\",
                "\"-----BEGIN PRIVATE KEY-----\" +\\n \"MIIE\" +\\n \"-----END PRIVATE KEY-----\";|\"[SECRET]\";",
                "-----BEGIN PRIVATE KEY----- \"a\" -----BEGIN RSA PRIVATE KEY-----x\"|[SECRET]\"a\" [SECRET]\"",
                "\\u00e 4242424242424242\\u12|\\u00e [PAYMENT_CARD]\\u12",
            })
    void anEscapeIsWhatItStandsFor(String text, String masked) {
        for (int before = 0; before < 10; before++) {
            String blank = " ".repeat(before);
            assertThat(mask(ALL, blank + text)).isEqualTo(blank + masked);
        }
    }

    /** Where the structure of JSON goes on before the end of a key comes, the key was cut with its string. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":\"-----BEGIN PRIVATE KEY-----\\nMIIE cut\",\"b\":[{\"c\":\"-----END PRIVATE KEY-----\"}]}|"
                        + "{\"a\":\"[SECRET]\",\"b\":[{\"c\":\"-----END PRIVATE KEY-----\"}]}",
                "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Is -----BEGIN PRIVATE KEY----- a header?\"}]},"
                        + "{\"role\":\"assistant\",\"content\":\"Yes, and -----END PRIVATE KEY-----.\"}]|"
                        + "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Is [SECRET]\"}]},"
                        + "{\"role\":\"assistant\",\"content\":\"Yes, and -----END PRIVATE KEY-----.\"}]",
                "{\"a\":\"-----BEGIN PRIVATE KEY----- {x} cut\",\"b\" : \"-----END PRIVATE KEY-----\"}|"
                        + "{\"a\":\"[SECRET]\",\"b\" : \"-----END PRIVATE KEY-----\"}",
                "{\"a\":\"-----BEGIN PRIVATE KEY----- {x}: [y] -----END PRIVATE KEY-----\"}|{\"a\":\"[SECRET]\"}",
            })
    void aKeyEndsWithTheStringInWhichItWasCut(String text, String masked) throws JsonProcessingException {
        assertThat(mask(ALL, text)).isEqualTo(masked);
        String nested = JSON.writeValueAsString(Map.of("arguments", text));
        assertThat(JSON.readTree(mask(ALL, nested)).get("arguments").asText()).isEqualTo(masked);
    }

    /** {@code \\n} is a line break in JSON, and the end of a folder and the beginning of a key in a path. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "C:\\npm_0123456789abcdefABCDEF0123456789|C:\\n[SECRET]",
                "{\"path\":\"C:\\\\npm_0123456789abcdefABCDEF0123456789\"}|{\"path\":\"C:\\\\n[SECRET]\"}",
                "\\temp\\rk_live_0123456789abcdefAB|\\temp\\r[SECRET]",
                "\\r8_0123456789abcdefABCDEF0123456789\\n|\\r[SECRET]\\n",
                "x\\bearer abcdef0123456789XY|x\\bearer [SECRET]",
                "x\\nbearer abcdef0123456789XY|x\\nbearer [SECRET]",
                "\\nsk-proj-abcDEF0123456789abcdef|\\n[SECRET]",
                "Contacts:\\npm_jane@example.com|Contacts:\\n[EMAIL]",
                "x\\rk_jane@example.com|x\\r[EMAIL]",
            })
    void aKeyBehindABackslashIsFoundByItsLetter(String text, String masked) {
        assertThat(mask(ALL, text)).isEqualTo(masked);
    }

    /** Names need quotes where numbers stood without, at any depth of JSON in strings of JSON. */
    @Test
    void namesInPlaceOfNumbersAreTexts() throws JsonProcessingException {
        Random random = new Random(20261124);
        for (int round = 0; round < 5_000; round++) {
            ObjectNode object = JSON.createObjectNode();
            fill(object.putArray("list"), random);
            object.put("card", 4242424242424242L).put("other", 1.5);
            object.put("said", TEXTS.get(random.nextInt(TEXTS.size())));
            fill(object.putArray("nested").addArray(), random);
            fill(object.withArray("nested").addArray(), random);
            JsonNode sent = random.nextBoolean() ? object : object.get("list");
            String json = sent.toString();
            int depth = random.nextInt(3);
            boolean digits = random.nextBoolean();
            for (int i = 0; i < depth; i++) {
                json = JSON.createObjectNode()
                        .put("arguments", json)
                        .put("id", 7)
                        .toString();
                json = digits ? quotesByDigits(json) : json;
            }
            boolean pretty = !digits && random.nextBoolean();
            JsonNode left = JSON.readTree(mask(ALL, pretty ? JSON.readTree(json).toPrettyString() : json));
            for (int i = 0; i < depth; i++) {
                left = JSON.readTree(left.get("arguments").asText());
            }
            assertThat(left)
                    .isEqualTo(JSON.readTree(sent.toString()
                            .replace("4111111111111111", "[PAYMENT_CARD]")
                            .replace("4242424242424242", "\"[PAYMENT_CARD]\"")));
        }
    }

    /** As .NET escapes quotes. */
    private static String quotesByDigits(String json) {
        return ESCAPED_QUOTE.matcher(json).replaceAll(escaped -> {
            String half = escaped.group(1).substring(0, escaped.group(1).length() - 1);
            return Matcher.quoteReplacement(half + "\\u0022");
        });
    }

    private static void fill(ArrayNode list, Random random) {
        int members = random.nextInt(4);
        for (int i = 0; i < members; i++) {
            switch (random.nextInt(4)) {
                case 0 -> list.add(random.nextInt(100));
                case 1 -> list.add("text");
                default -> list.add(4242424242424242L);
            }
        }
    }

    /** All of a number goes with what was found of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"card\":4242424242424242.0}|{\"card\":\"[PAYMENT_CARD]\"}",
                "{\"card\": 4242424242424242.00 }|{\"card\": \"[PAYMENT_CARD]\" }",
                "{\"n\":123456789e0,\"b\":1}|{\"n\":\"[NINE]\",\"b\":1}",
                "{\"n\":123456789012}|{\"n\":\"[NINE]\"}",
                "{\"n\":-123456789}|{\"n\":\"[NINE]\"}",
                "{\"n\":-123456789.5,\"m\":[1,123456789,2]}|{\"n\":\"[NINE]\",\"m\":[1,\"[NINE]\",2]}",
                "{\"n\":123456789123456789}|{\"n\":\"[NINE]\"}",
                "{\"n\":\"123456789012\"}|{\"n\":\"[NINE]012\"}",
                "{\"a\":\"{\\\"n\\\":-123456789}\"}|{\"a\":\"{\\\"n\\\":\\\"[NINE]\\\"}\"}",
                "see 123456789012, -123456789|see [NINE]012, -[NINE]",
                "{\"card\": 7777}|{\"card\": \"[FOUR]\"}",
                "{\"card\": 77777777}|{\"card\": \"[FOUR]\"}",
                "{\"card\":\\n 77777777\\n}|{\"card\":\\n \"[FOUR]\"\\n}",
                "[77777777,999]|[\"[FOUR]\"[FOUR]]",
                "x 77777777,999|x[FOUR][FOUR]",
            })
    void aNumberGoesAsAWhole(String text, String masked) throws JsonProcessingException {
        assertThat(mask(NINE_DIGITS, text)).isEqualTo(masked);
        if (text.startsWith("{") && !text.contains("\\n ")) {
            assertThat(JSON.readTree(mask(NINE_DIGITS, text))).isNotNull();
        }
    }

    /** What is looked at again and again for what never comes would take hours here. */
    @Test
    void longTextsTakeTimeInProportion() {
        int units = (4 << 20) / 28;
        String cut = "-----BEGIN PRIVATE KEY-----\"".repeat(units);
        assertThat(mask(ALL, cut)).isEqualTo("[SECRET]\"".repeat(units));
        assertThat(mask(ALL, cut + "-----END ")).isEqualTo("[SECRET]\"".repeat(units - 1) + "[SECRET]");
        for (String prefix : List.of("SG.", "whsec_/")) {
            assertThat(mask(ALL, prefix.repeat(units * 4))).isEqualTo(prefix.repeat(units * 4));
        }
        String keys = "whsec_C2FVsBQIh/".repeat(units);
        assertThat(mask(ALL, keys)).isEqualTo("[SECRET]");
        String lines = "-----BEGIN PRIVATE KEY-----" + "\"  ".repeat(units);
        assertThat(mask(ALL, lines)).isEqualTo("[SECRET]" + "\"  ".repeat(units));
        String digits = "1234567890".repeat(units);
        for (String text : List.of(digits, "[" + digits + "x", "[" + digits + "]")) {
            assertThat(mask(NINE_DIGITS, text)).doesNotContain("12345678");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"see [%s]", "of 1, %s, 3", "%s", "card: %s, he said", "a,%s,c", "-%s,", "(%s}", "%s]", "[%s"})
    void numbersInTextsAreJustReplaced(String text) {
        Masking own = SensitiveTextTest.masking(MaskAction.MASK);
        assertThat(mask(own, text.formatted("4111-1111-1111-1111")))
                .isEqualTo(
                        text.startsWith("-")
                                ? text.formatted("4111-1111-1111-1111")
                                : text.formatted("[PAYMENT_CARD]"));
    }

    @Test
    void escapedTextsHaveTheNamesOfThePlainOnes() {
        Masking hashing = SensitiveTextTest.masking(MaskAction.HASH);
        assertThat(mask(hashing, "\\nj\\u00f6rg@b\\u00fccher.de")).isEqualTo("\\n" + mask(hashing, "jörg@bücher.de"));
    }

    /** JSON, and JSON in a string of it, stays JSON, and says what is left of the text without it. */
    @Test
    void whatIsLeftOfJsonIsJson() throws JsonProcessingException {
        List<String> joints = List.of("\n", "\t", "\r\n", "\"", "<", "&", "=", "'", " ", "日本", "😀", "/", "\n\n");
        Random random = new Random(20261123);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            int parts = random.nextInt(5);
            for (int i = 0; i < parts; i++) {
                text.append("words").append(joints.get(random.nextInt(joints.size())));
                text.append(SENSITIVE.get(random.nextInt(SENSITIVE.size())));
                text.append(joints.get(random.nextInt(joints.size())));
            }
            String plain = mask(ALL, text.toString());
            ObjectMapper mapper = random.nextBoolean() ? JSON : ASCII;
            String json = mapper.writeValueAsString(Map.of("content", text.toString()));
            assertThat(JSON.readTree(mask(ALL, json)).get("content").asText()).isEqualTo(plain);
            String nested = mapper.writeValueAsString(Map.of("arguments", json));
            String arguments = JSON.readTree(mask(ALL, nested)).get("arguments").asText();
            assertThat(JSON.readTree(arguments).get("content").asText()).isEqualTo(plain);
        }
    }

    private static String mask(Masking masking, String text) {
        byte[] utf8 = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
        Masking.Masked masked = masking.mask(utf8, 1, utf8.length - 1);
        return masked == null ? text : new String(masked.utf8(), StandardCharsets.UTF_8);
    }
}
