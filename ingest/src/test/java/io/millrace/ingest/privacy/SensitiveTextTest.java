package io.millrace.ingest.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SensitiveTextTest {
    private static final Masking ALL = masking(MaskAction.MASK);

    /** Numbers that standards, registries and payment providers publish for examples and tests. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "write to jane.doe+news@mail.example.co.uk, please|write to [EMAIL], please",
                "<a@b.de>|<[EMAIL]>",
                "mailto:Max_Mueller%40x@example.com.|mailto:[EMAIL].",
                "jörg.müller@bücher.de ruft|[EMAIL] ruft",
                "a@b.c.org and d@e.org|[EMAIL] and [EMAIL]",
                "call +49 (0)30 901820 now|call [PHONE] now",
                "+14155552671|[PHONE]",
                "tel:+44 20 7946 0958;|tel:[PHONE];",
                "(415) 555-2671|[PHONE]",
                "415-555-2671 or 415.555.2671|[PHONE] or [PHONE]",
                "1-415-555-2671|[PHONE]",
                "card 4242424242424242.|card [PAYMENT_CARD].",
                "4111 1111 1111 1111 exp 12/27|[PAYMENT_CARD] exp 12/27",
                "5555-5555-5555-4444|[PAYMENT_CARD]",
                "3782 822463 10005|[PAYMENT_CARD]",
                "6011111111111117, 3056930009020004, 3566002020360505, 6200000000000005|"
                        + "[PAYMENT_CARD], [PAYMENT_CARD], [PAYMENT_CARD], [PAYMENT_CARD]",
                "2223003122003222|[PAYMENT_CARD]",
                "IBAN DE89 3704 0044 0532 0130 00 bei|IBAN [IBAN] bei",
                "GB29NWBK60161331926819|[IBAN]",
                "FR1420041010050500013M02606|[IBAN]",
                "NO9386011117947!|[IBAN]!",
                "MT84MALT011000012345MTLCAST001S|[IBAN]",
                "ssn 078-05-1120|ssn [NATIONAL_ID]",
                "AB123456C and AB 12 34 56 C|[NATIONAL_ID] and [NATIONAL_ID]",
                "DNI 12345678Z|DNI [NATIONAL_ID]",
                "NIE X1234567L|NIE [NATIONAL_ID]",
                "RSSMRA85T10A562S|[NATIONAL_ID]",
                "255081416802538|[NATIONAL_ID]",
                "2550814168025 38|[NATIONAL_ID]",
                "2341 2341 2346|[NATIONAL_ID]",
                "from 203.0.113.7:8080|from [IP_ADDRESS]:8080",
                "2001:db8:85a3:0:0:8a2e:370:7334 up|[IP_ADDRESS] up",
                "[2001:db8::8a2e:370:7334]|[[IP_ADDRESS]]",
                "fe80::1:2, 2001:db8::1:0|[IP_ADDRESS], [IP_ADDRESS]",
                "key sk-proj-abcDEF0123456789abcdef done|key [SECRET] done",
                "AKIAIOSFODNN7EXAMPLE|[SECRET]",
                "ASIAIOSFODNN7EXAMPLE|[SECRET]",
                "ya29.a0AfH6SMBxabcdefghij0|[SECRET]",
                "SG.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH|[SECRET]",
                "curl -H 'authorization: bearer abcdef0123456789'|curl -H 'authorization: bearer [SECRET]'",
                "ghp_0123456789abcdefABCDEF0123456789abcd|[SECRET]",
                "glpat-0123456789abcdefABCD|[SECRET]",
                "xoxb-123456789012-abcdefABCDEF|[SECRET]",
                "AIzaSyA1234567890abcdefghijklmnopqrstuv|[SECRET]",
                "hf_abcdefghijklmnopqrstuvwxyz01234567|[SECRET]",
                "Authorization: Bearer abcdef0123456789.XYZ==|Authorization: Bearer [SECRET]",
                "postgres://app:s3cr%t-pw!@db:5432/x|postgres://app:[SECRET]@db:5432/x",
                "-----BEGIN RSA PRIVATE KEY-----MIIEow-----END RSA PRIVATE KEY----- after|[SECRET] after",
                "-----BEGIN PRIVATE KEY-----MIIE cut|[SECRET]",
                "{\"key\": \"-----BEGIN PRIVATE KEY-----\\nMIIE cut\"}|{\"key\": \"[SECRET]\"}",
                "t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U.|t [JWT].",
            })
    void findsWhatIsSensitive(String text, String masked) {
        // Bytes are passed over several at a time: it may stand anywhere among them.
        for (int before = 0; before < 20; before++) {
            String blank = " ".repeat(before);
            assertThat(mask(ALL, blank + text)).isEqualTo(blank + masked);
        }
    }

    /** What stands behind a number is no part of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "+14155552671 2026-11-20 called|[PHONE] 2026-11-20 called",
                "+4930123456780 100 EUR|[PHONE] 100 EUR",
                "Ruf +4930123456780. 2026 ist gut|Ruf [PHONE]. 2026 ist gut",
                "(415) 555-2671x12|[PHONE]",
                "+14155552671x12, +1 415 555 2671X3456|[PHONE], [PHONE]",
                "call 415-555-2671--now|call [PHONE]--now",
                "call +14155552671--now|call [PHONE]--now",
                "+49\u00a030\u00a0901820|[PHONE]",
                "(415)\u00a0555-2671|[PHONE]",
                "+1 415 555 2671 2026|[PHONE] 2026",
                "+4930123456780 +4930123456780|[PHONE] [PHONE]",
            })
    void aNumberEndsWhereItIsWhole(String text, String masked) {
        assertThat(mask(ALL, text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "415-555-2671-now",
                "415-555-2671x",
                "415-555-2671x12y",
                "415-555-2671_1",
                "415-555-2671-9",
                "+1234567890123456",
                "+14155552671x12y",
                "+49 1234567890123456",
            })
    void whatGoesOnIsNoNumber(String text) {
        assertThat(mask(ALL, text)).isEqualTo(text);
    }

    /** Keys whose characters are more than those of a token. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SG.aBcDeFgHiJkLmNoPqRsT01.aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_aBcDe. x|[SECRET]. x",
                "ya29.c.b0AbCdEfGhIjKlMnOpQrStUvWxYz0123 x|[SECRET] x",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw|[SECRET]",
                "whsec_C2FV/s8GKYq+TwjUPD8ILPZIo2LaLQ== x|[SECRET] x",
                "\"whsec_abc/012345678901234+67890=\"|\"[SECRET]\"",
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\\n\\nlQOYBF0\\n=aB3d\\n-----END PGP PRIVATE KEY BLOCK-----\\nx|[SECRET]\\nx",
                "postgres://u:p@ss@host/db|postgres://u:[SECRET]@host/db",
                "postgres://u:p@@s@ host:x@y|postgres://u:[SECRET]@ host:x@y",
                "\"amqp://u:a@b@c:5672/v?x=y@z\"|\"amqp://u:[SECRET]@c:5672/v?x=y@z\"",
            })
    void findsWholeSecrets(String text, String masked) {
        assertThat(mask(ALL, text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-----BEGIN PGP PUBLIC KEY BLOCK-----", "see SG.group.name.of.a.class", "http://u:@host"})
    void leavesWhatIsNoSecret(String text) {
        assertThat(mask(ALL, text)).isEqualTo(text);
    }

    /** The examples of the countries that SWIFT's registry has taken in last. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "BI4210000100010000332045181",
                "DJ2100010000000154000100186",
                "FK88SC123456789012",
                "HN88CABF00000000000250005469",
                "LY83002048000020100120361",
                "MN121234123456789123",
                "NI45BAPR00000013000003558124",
                "OM810180000001299123456",
                "RU0304452522540817810538091310419",
                "SC18SSCB11010000000000001497USD",
                "SD2129010501234001",
                "SO211000001001000100141",
                "ST23000100010051845310146",
                "SV62CENR00000000000000700025",
                "TL380080012345678910157",
                "YE15CBYE0001018861234567891234",
            })
    void findsAccountsOfCountriesThatJoined(String iban) {
        assertThat(remainder(iban)).isEqualTo(BigInteger.ONE);
        assertThat(mask(ALL, "to " + iban + ", please")).isEqualTo("to [IBAN], please");
        String grouped = iban.replaceAll("(.{4})(?=.)", "$1 ");
        assertThat(mask(ALL, "to " + grouped + ", please")).isEqualTo("to [IBAN], please");
    }

    /** As ISO 7064 has it: letters are numbers of two digits, and all is one number. */
    private static BigInteger remainder(String iban) {
        String digits = (iban.substring(4) + iban.substring(0, 4))
                .chars()
                .mapToObj(c -> String.valueOf(Character.digit(c, 36)))
                .collect(Collectors.joining());
        return new BigInteger(digits).mod(BigInteger.valueOf(97));
    }

    /** Each colon may stand in an address, but none of them far from its beginning. */
    @Test
    void aTextOfColonsTakesNoLongerThanAnother() {
        String text = "a:".repeat(2 << 20);
        assertThat(mask(ALL, text)).isEqualTo(text);
        assertThat(mask(ALL, "a:".repeat(30) + " 2001:db8::1 " + "b:".repeat(30)))
                .isEqualTo("a:".repeat(30) + " [IP_ADDRESS] " + "b:".repeat(30));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing to see here, version 1.2.3 of 2026-11-20T12:34:56.789Z",
                "1795211985359", // milliseconds
                "1795211985359000000", // nanoseconds
                "4242424242424241", // wrong check digit
                "14242424242424242", // more digits before
                "42424242424242424242", // more digits than any card has
                "order 1234-5678-9012-3456",
                "0af7651916cd43dd8448eb211c80319c",
                "0191e6a0-0000-7000-8000-000000000001",
                "gpt-4o-mini-2024-07-18 claude-sonnet-4-5-20250929",
                "DE89370400440532013001", // wrong check digits
                "666-05-1120",
                "900-05-1120",
                "078-00-1120",
                "078-05-0000",
                "1078-05-1120",
                "12345678A", // wrong letter
                "QQ123456C",
                "2341 2341 2345",
                "127.0.0.1 and 0.0.0.0 and ::1",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "12:34:56",
                "aa:bb:cc:dd:ee:ff",
                "std::vector a::b Foo::bar",
                "sk-learn and task-force-of-many-words-in-a-row",
                "http://host:8080/path@x and a://b/c",
                "user @ home, @mention, a@b, a@.com, @example.com",
                "Bearer of bad news travels",
                "+1 + 2 = 3; a+12345678b; +0123456789",
                "555-2671",
                "415 555",
                "tokens 120-42-162",
                "eyJhbGciOiJIUzI1NiJ9 alone",
                "the quick brown fox: AKIA, ASIA, SG. ya29. AIza hf_ ghp_ npm_",
            })
    void leavesTheRestAlone(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        assertThat(ALL.mask(utf8, 0, utf8.length)).isNull();
        assertThat(ALL.hides(utf8, 0, utf8.length)).isFalse();
    }

    /** Whatever stands around it and wherever in an array the text is. */
    @Test
    void findsItInTheMiddleOfAnything() {
        List<String> sensitive = List.of(
                "jane@example.com",
                "+14155552671",
                "4242424242424242",
                "GB29NWBK60161331926819",
                "078-05-1120",
                "203.0.113.7",
                "ghp_0123456789abcdefABCDEF0123456789abcd");
        List<String> names = List.of("EMAIL", "PHONE", "PAYMENT_CARD", "IBAN", "NATIONAL_ID", "IP_ADDRESS", "SECRET");
        List<String> fillers = List.of(
                "plain words",
                "{\"role\":\"user\",\"content\":\"",
                "日本語の文",
                "a, b; c",
                "\n\t",
                "3 of 7",
                "😀",
                "x=1&y=2",
                "----",
                "()",
                "::");
        List<String> joints = List.of(" ", "\"", "\n", ", ", " (", "<", "|");
        Random random = new Random(20261121);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            int parts = random.nextInt(6);
            for (int i = 0; i < parts; i++) {
                String filler = fillers.get(random.nextInt(fillers.size()));
                String joint = joints.get(random.nextInt(joints.size()));
                int which = random.nextInt(sensitive.size());
                text.append(filler).append(joint).append(sensitive.get(which)).append(' ');
                expected.append(filler)
                        .append(joint)
                        .append('[')
                        .append(names.get(which))
                        .append("] ");
            }
            // Some of these look like numbers of JSON.
            assertThat(mask(ALL, text.toString()).replaceAll("\"(\\[[A-Z_]+])\"", "$1"))
                    .isEqualTo(expected.toString().replaceAll("\"(\\[[A-Z_]+])\"", "$1"));
        }
    }

    /** No text of whatever bytes makes it fail, look beyond its end, or find something backwards. */
    @Test
    void survivesAnyBytes() {
        String alphabet = "@+(:-_. JKSz0123456789aAeyIkgh%/\\\\nu\u00e9";
        Random random = new Random(7);
        int all = Arrays.stream(Detector.values()).mapToInt(Detector::bit).sum();
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(10) == 0
                        ? (byte) random.nextInt(256)
                        : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            int from = random.nextInt(bytes.length + 1);
            int to = from + random.nextInt(bytes.length - from + 1);
            Findings findings = SensitiveText.in(bytes, from, to, all);
            int done = from;
            for (int i = 0; findings != null && i < findings.count(); i++) {
                assertThat(findings.from(i)).isGreaterThanOrEqualTo(done);
                assertThat(findings.to(i)).isGreaterThan(findings.from(i)).isLessThanOrEqualTo(to);
                done = findings.to(i);
            }
        }
    }

    @Test
    void equalTextsKeepEqualNamesWithinAProject() {
        Masking hashing = masking(MaskAction.HASH);
        String once = mask(hashing, "from jane@example.com");
        assertThat(once).matches("from \\[EMAIL:[0-9a-f]{16}]").isEqualTo(mask(hashing, "from jane@example.com"));
        assertThat(mask(hashing, "from joan@example.com")).isNotEqualTo(once);
        Masking elsewhere = ProjectMasking.of(
                rules(MaskAction.HASH), new KeyedHash(new byte[32], new UUID(3, 4)), new MaskingCounts());
        assertThat(mask(elsewhere, "from jane@example.com")).isNotEqualTo(once);
    }

    @Test
    void onlyWhatIsWantedIsFound() {
        Masking emails = ProjectMasking.of(
                new MaskingRules(Map.of(Detector.EMAIL, MaskAction.MASK), List.of(), List.of(), List.of()),
                new KeyedHash(new byte[32], new UUID(1, 2)),
                new MaskingCounts());
        assertThat(mask(emails, "a@b.org 4242424242424242 203.0.113.7"))
                .isEqualTo("[EMAIL] 4242424242424242 203.0.113.7");
    }

    static Masking masking(MaskAction action, MaskingRules.OwnPattern... patterns) {
        return ProjectMasking.of(
                rules(action, patterns), new KeyedHash(new byte[32], new UUID(1, 2)), new MaskingCounts());
    }

    private static MaskingRules rules(MaskAction action, MaskingRules.OwnPattern... patterns) {
        Map<Detector, MaskAction> detectors = new EnumMap<>(Detector.class);
        new ArrayList<>(List.of(Detector.values())).forEach(detector -> detectors.put(detector, action));
        return new MaskingRules(detectors, List.of(patterns), List.of(), List.of());
    }

    private static String mask(Masking masking, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Masking.Masked masked = masking.mask(utf8, 0, utf8.length);
        return masked == null ? text : new String(masked.utf8(), StandardCharsets.UTF_8);
    }
}
