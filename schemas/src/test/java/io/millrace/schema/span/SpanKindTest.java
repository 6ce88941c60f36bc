package io.millrace.schema.span;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SpanKindTest {
    @Test
    void codesAreThoseThatRowsHold() {
        assertThat(Stream.of(SpanKind.values()).map(kind -> kind.code() + " " + kind.label()))
                .containsExactly(
                        "0 span",
                        "1 llm",
                        "2 embedding",
                        "3 retriever",
                        "4 reranker",
                        "5 tool",
                        "6 agent",
                        "7 chain",
                        "8 guardrail",
                        "9 evaluator",
                        "10 event");
    }

    @Test
    void everyCodeNamesItsKindAndUnknownOnesAPlainSpan() {
        assertThat(SpanKind.values()).allMatch(kind -> SpanKind.of(kind.code()) == kind);
        assertThat(SpanKind.of(11)).isEqualTo(SpanKind.SPAN);
        assertThat(SpanKind.of(-1)).isEqualTo(SpanKind.SPAN);
    }

    @Test
    void onlyLlmAndEmbeddingCallModels() {
        assertThat(Stream.of(SpanKind.values()).filter(SpanKind::callsModel))
                .containsExactly(SpanKind.LLM, SpanKind.EMBEDDING);
    }
}
