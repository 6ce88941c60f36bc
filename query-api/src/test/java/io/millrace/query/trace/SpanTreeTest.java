package io.millrace.query.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.Usage;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpanTreeTest {
    private static final TraceId TRACE = new TraceId(1, 1);
    private static final Fact.Labels NO_LABELS = new Fact.Labels(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    private static SpanId id(long low) {
        return new SpanId(0, low, false);
    }

    private static Fact span(long id, long parent, long start, long end) {
        return span(id, parent, start, end, 0, SpanStatus.OK, null, null);
    }

    private static Fact span(
            long id, long parent, long start, long end, int marks, SpanStatus status, long[] usage, Long cost) {
        return new Fact(
                id(id),
                parent == 0 ? null : id(parent),
                "s" + id,
                SpanKind.LLM,
                status,
                start,
                end,
                Instant.EPOCH.plusSeconds(id),
                1,
                marks,
                usage != null,
                false,
                null,
                usage == null ? null : Usage.of(usage),
                cost == null ? null : BigInteger.valueOf(cost),
                null,
                1,
                NO_LABELS,
                List.of());
    }

    @Test
    void ordersByStartThenId() {
        var tree = new SpanTree(List.of(span(3, 1, 5, 6), span(2, 1, 5, 6), span(1, 0, 0, 9)));

        assertThat(tree.nodes()).extracting(SpanTree.Node::id).containsExactly(id(1), id(2), id(3));
    }

    @Test
    void putsOnePlaceholderBeforeTheFirstChild() {
        var tree = new SpanTree(List.of(span(1, 0, 0, 9), span(2, 7, 1, 2), span(3, 7, 2, 3), span(4, 8, 3, 4)));

        assertThat(tree.nodes())
                .extracting(SpanTree.Node::id)
                .containsExactly(id(1), id(7), id(2), id(3), id(8), id(4));
        assertThat(tree.nodes()).filteredOn(node -> node.fact() == null).hasSize(2);
    }

    @Test
    void makesNoPlaceholderForASpanThatIsItsOwnParent() {
        assertThat(new SpanTree(List.of(span(1, 1, 0, 9))).nodes()).hasSize(1);
    }

    @Test
    void sumsCountedSpansAndSaysWhatIsUnpriced() {
        var tree = new SpanTree(List.of(
                span(1, 0, 10, 100),
                span(2, 1, 20, 120, 0, SpanStatus.ERROR, new long[] {5, 1}, 7L),
                span(3, 1, 30, 40, 0, SpanStatus.OK, new long[] {6, 0}, null)));

        var figures = tree.figures();

        assertThat(figures.startNanos()).isEqualTo(10);
        assertThat(figures.endNanos()).isEqualTo(120);
        assertThat(figures.spanCount()).isEqualTo(3);
        assertThat(figures.errorCount()).isEqualTo(1);
        assertThat(figures.usage().inputTokens()).isEqualTo(12);
        assertThat(figures.knownCostPico()).isEqualTo(7);
        assertThat(figures.unpricedSpans()).isEqualTo(1);
    }

    @Test
    void leavesTheCostUnknownWhenNoCallHasAPrice() {
        var tree = new SpanTree(List.of(span(3, 0, 30, 40, 0, SpanStatus.OK, new long[] {6}, null)));

        assertThat(tree.figures().knownCostPico()).isNull();
        assertThat(new SpanTree(List.of(span(1, 0, 0, 1))).figures().knownCostPico())
                .isEqualTo(0);
    }

    @Test
    void takesTheOutcomeOfTheRoot() {
        var failedRoot = span(1, 0, 0, 9, 0, SpanStatus.ERROR, null, null);
        var failedChild = span(2, 1, 0, 9, 0, SpanStatus.ERROR, null, null);
        var appRoot = span(5, 9, 3, 9, Mark.APP_ROOT.bit(), SpanStatus.ERROR, null, null);

        assertThat(new SpanTree(List.of(failedRoot)).summary(TRACE).error()).isTrue();
        assertThat(new SpanTree(List.of(span(1, 0, 0, 9), failedChild))
                        .summary(TRACE)
                        .error())
                .isFalse();
        assertThat(new SpanTree(List.of(span(2, 9, 0, 9), appRoot))
                        .summary(TRACE)
                        .name())
                .isEqualTo("s5");
    }
}
