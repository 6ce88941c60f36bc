package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpJsonText.attributes;
import static io.millrace.ingest.otlp.OtlpJsonText.request;
import static io.millrace.ingest.otlp.OtlpJsonText.span;
import static io.millrace.ingest.otlp.OtlpJsonText.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.span.DecodedRequest.Span;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class AttributeRulesTest {
    /** Those that take any text, and of which the winner is no attribute any more. */
    private static final Set<Role> OF_TEXTS = Set.of(
            Role.TEXT, Role.MODEL, Role.PROVIDER, Role.PAYLOAD, Role.SERVICE_TIER, Role.FINISH_REASONS, Role.TAGS);

    private final List<AttributeRule> rules = Stream.of(
                    LangfuseConvention.rules(),
                    OpenInferenceConvention.rules(),
                    GenAiConvention.rules(),
                    GeneralConvention.rules(),
                    VercelConvention.rules(),
                    LangSmithConvention.rules(),
                    TraceloopConvention.rules())
            .flatMap(List::stream)
            .toList();

    @Test
    void everyRuleIsFoundByItsKey() {
        assertThat(rules).hasSizeGreaterThan(200).allSatisfy(rule -> {
            byte[] around = ("<" + key(rule) + ">").getBytes(StandardCharsets.UTF_8);
            AttributeRule found = AttributeRules.STANDARD.find(around, 1, rule.key.length);
            assertThat(found).isNotNull();
            assertThat(found.key).isEqualTo(rule.key);
            assertThat(AttributeRules.STANDARD.find(around, 0, rule.key.length)).isNull();
        });
    }

    /** Of two of one rank the order on the wire would decide. */
    @Test
    void noTwoRulesOfOneFieldHaveOneRank() {
        Set<String> taken = new HashSet<>();
        for (AttributeRule rule : rules) {
            if (rule.slot >= 0) {
                assertThat(taken.add(rule.slot + "/" + rule.rank)).as(key(rule)).isTrue();
            }
            if (rule.kinds != null) {
                assertThat(taken.add("kind/" + rule.kindRank)).as(key(rule)).isTrue();
            }
        }
    }

    @Test
    void ofAnyTwoTheBetterFillsTheFieldAndTheOtherStaysInAnyOrder() {
        List<AttributeRule> texts = rules.stream()
                .filter(rule -> OF_TEXTS.contains(rule.role) && !key(rule).contains("/"))
                .toList();
        int pairs = 0;
        for (AttributeRule better : texts) {
            for (AttributeRule other : texts) {
                if (better.slot == other.slot && better.rank < other.rank) {
                    isBetter(better, other, decode(better, other));
                    isBetter(better, other, decode(other, better));
                    pairs++;
                }
            }
        }
        assertThat(pairs).isGreaterThan(200);
    }

    private static void isBetter(AttributeRule better, AttributeRule other, Span span) {
        assertThat(span.attributes()).as(key(better)).containsOnlyKeys(key(other));
        assertThat(span.attribute(key(other)).getStringValue()).isEqualTo(value(other));
    }

    private static Span decode(AttributeRule... sent) {
        String[] attributes =
                Stream.of(sent).map(rule -> text(key(rule), value(rule))).toArray(String[]::new);
        return Capture.decode(request(span("s", attributes(attributes))), OtlpEncoding.JSON)
                .only();
    }

    private static String value(AttributeRule rule) {
        return "value " + rule.rank;
    }

    private static String key(AttributeRule rule) {
        return new String(rule.key, StandardCharsets.UTF_8);
    }
}
