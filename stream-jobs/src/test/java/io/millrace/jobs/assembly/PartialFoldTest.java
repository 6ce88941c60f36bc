package io.millrace.jobs.assembly;

import static io.millrace.jobs.assembly.Spans.NOON_MILLIS;
import static io.millrace.jobs.assembly.Spans.begin;
import static io.millrace.jobs.assembly.Spans.end;
import static io.millrace.jobs.assembly.Spans.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.wire.SpanMessage;
import io.millrace.schema.wire.UsageMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class PartialFoldTest {
    private static final long NOON = NOON_MILLIS * 1_000_000;

    @Test
    void aSpanIsWhatItsMessagesSayTogether() {
        SpanFact span = merged(
                begin(1, 1).under(9).saying(m -> m.setEnvironment("eu")),
                update(1, 2).saying(m -> m.setRequestModel("m").setEnvironment("us")),
                end(1, 3).saying(m -> m.setUsage(UsageMessage.newBuilder().setInput(7))));
        assertThat(span.message().getName()).isEqualTo("step");
        assertThat(span.parent()).isEqualTo(new SpanId(0, 9, false));
        assertThat(span.environment()).isEqualTo("eu");
        assertThat(span.model()).isEqualTo("m");
        assertThat(span.usage().inputTokens()).isEqualTo(7);
        assertThat(span.durationNanos()).isEqualTo(100_000_000);
        assertThat(span.windowAtNanos()).isEqualTo(NOON + 100_000_000);
        assertThat(span.isComplete()).isTrue();
        assertThat(span.message().hasPartial()).isFalse();
    }

    @Test
    void ofTwoMessagesOfOneTimeTheUpdateIsTheLaterOne() {
        Spans created = begin(1, 9).part(9, NOON_MILLIS, false).name("created");
        Spans updated = update(1, 2).part(2, NOON_MILLIS, true).name("updated");
        assertThat(merged(updated, created).message().getName()).isEqualTo("updated");
        assertThat(merged(created, updated).message().getName()).isEqualTo("updated");
    }

    @Test
    void whatIsLeftOutErasesNothing() {
        SpanFact span = merged(
                end(1, 1).saying(m -> m.setUsage(UsageMessage.newBuilder().setOutput(3))),
                update(1, 2).part(2, NOON_MILLIS + 900, true).saying(m -> m.setUsage(UsageMessage.newBuilder())));
        assertThat(span.usage().outputTokens()).isEqualTo(3);
        assertThat(span.isComplete()).isTrue();
    }

    @Test
    void withoutAnEndItIsIncompleteAndHasTheWindowInWhichItWasReceived() {
        SpanFact span = merged(begin(1, 1).receivedMillis(NOON_MILLIS + 2_000));
        assertThat(Mark.labels(span.marks())).containsExactly("incomplete");
        assertThat(span.windowAtNanos()).isEqualTo(NOON + 2_000_000_000L);
        assertThat(span.durationNanos()).isZero();
        assertThat(merged(update(1, 1)).message().getStartNanos()).isEqualTo(NOON + 50_000_000);
    }

    @Test
    void anEventEndsWhereItStarts() {
        SpanFact event = merged(begin(1, 1).kind(SpanKind.EVENT));
        assertThat(event.isComplete()).isTrue();
        assertThat(event.windowAtNanos()).isEqualTo(NOON);
    }

    @Test
    void theFirstTokenIsCountedFromTheStartThatAnotherMessageHas() {
        Spans token = update(1, 2);
        SpanFact raw = token.build();
        assertThat(merged(begin(1, 1), end(1, 3)).message().getTimeToFirstTokenNanos())
                .isZero();
        SpanFact first = begin(1, 1).build();
        Partials partials = first.partials().with(tokenAt(NOON + 40_000_000));
        assertThat(PartialFold.span(raw, partials, (m, u) -> SpanCost.NONE)
                        .message()
                        .getTimeToFirstTokenNanos())
                .isEqualTo(40_000_000);
    }

    @Test
    void anEndFarAheadOfTheClockThatReceivedItCountsWhereItWasReceived() {
        SpanFact span = merged(
                begin(1, 1).receivedMillis(NOON_MILLIS + 1_000),
                end(1, 2).lasting(86_400_000).receivedMillis(NOON_MILLIS + 5_000));
        assertThat(Mark.CLOCK_SKEW.in(span.marks())).isTrue();
        assertThat(span.windowAtNanos()).isEqualTo(NOON + 5_000_000_000L);
    }

    @Test
    void anEndBeforeTheStartThatAnotherMessageHasIsMarked() {
        SpanFact span = merged(begin(1, 1), end(1, 2).lasting(-50));
        assertThat(Mark.END_BEFORE_START.in(span.marks())).isTrue();
        assertThat(span.durationNanos()).isZero();
    }

    @Test
    void anyOrderAnyRepetitionAndAnySplitGiveTheSpanOfTheSecondImplementation() throws Exception {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            List<SpanFact> messages = messages(random, 1 + random.nextInt(12));
            Partials all = together(messages);
            for (int order = 0; order < 4; order++) {
                List<SpanFact> sent = new ArrayList<>(messages);
                for (int again = random.nextInt(5); again > 0; again--) {
                    sent.add(messages.get(random.nextInt(messages.size())));
                }
                Collections.shuffle(sent, random);
                int cut = random.nextInt(sent.size() + 1);
                Partials merged = cut == 0 || cut == sent.size()
                        ? together(sent)
                        : together(sent.subList(0, cut)).with(together(sent.subList(cut, sent.size())));
                assertThat(merged).as("seed %d", seed).isEqualTo(all);
                assertThat(Partials.of(merged.toBytes())).isEqualTo(all);
            }
            assertIsSecondImplementation(messages, span(messages.get(0), all));
        }
    }

    @Test
    void whatDoesNotCountAnyMoreIsKeptByItsIdAndTheSpanStaysWhatItIs() {
        Random random = new Random(5);
        for (int size : new int[] {100, 200, 600}) {
            List<SpanFact> messages = messages(random, size);
            Collections.shuffle(messages, random);
            Partials bounded = together(messages);
            assertThat(bounded.parts()).hasSizeLessThanOrEqualTo(Partials.MOST + 1);
            assertThat(bounded.isTruncated()).isEqualTo(size > Partials.MOST);
            SpanFact span = span(messages.get(0), bounded);
            assertThat(Mark.TRUNCATED.in(span.marks())).isEqualTo(size > Partials.MOST);
            assertIsSecondImplementation(messages, span);
            Partials again = bounded;
            for (SpanFact message : messages.subList(size - Partials.KEPT_WHOLE, size)) {
                again = again.with(message.partials());
            }
            SpanFact spanAgain = span(messages.get(0), again);
            assertThat(withoutHash(spanAgain)).isEqualTo(withoutHash(span));
            if (!bounded.isTruncated()) {
                assertThat(again).isEqualTo(bounded);
            }
        }
    }

    private static SpanMessage withoutHash(SpanFact span) {
        return span.message().toBuilder().clearContentHash().build();
    }

    /** Straight from the rules: for each field, of all that say one the first, the last, or the greatest. */
    private static void assertIsSecondImplementation(List<SpanFact> messages, SpanFact span) {
        List<SpanMessage> sorted = messages.stream()
                .map(fact -> fact.partials().parts().get(0))
                .sorted(Comparator.comparingLong(
                                (Partials.Part part) -> part.order().getAtNanos())
                        .thenComparing(part -> part.order().getUpdate() ? 1 : 0)
                        .thenComparing(part -> part.contentHash()))
                .map(Partials.Part::said)
                .toList();
        List<SpanMessage> reversed = new ArrayList<>(sorted);
        Collections.reverse(reversed);
        SpanMessage is = span.message();
        SpanMessage none = SpanMessage.getDefaultInstance();
        Predicate<SpanMessage> hasStart = m -> m.getStartNanos() != 0;
        SpanMessage starts = sorted.stream().filter(hasStart).findFirst().orElse(none);
        assertThat(is.getName()).isEqualTo(lastText(reversed, SpanMessage::getName));
        assertThat(is.getRequestModel()).isEqualTo(lastText(reversed, SpanMessage::getRequestModel));
        assertThat(is.getUserId()).isEqualTo(lastText(reversed, SpanMessage::getUserId));
        assertThat(is.getRelease()).isEqualTo(lastText(reversed, SpanMessage::getRelease));
        assertThat(is.getEnvironment()).isEqualTo(lastText(sorted, SpanMessage::getEnvironment));
        assertThat(is.getParentSpanId())
                .isEqualTo(sorted.stream()
                        .map(SpanMessage::getParentSpanId)
                        .filter(id -> !id.isEmpty())
                        .findFirst()
                        .orElse(ByteString.EMPTY));
        assertThat(is.getKind())
                .isEqualTo(reversed.stream()
                        .map(SpanMessage::getKind)
                        .filter(kind -> kind != 0)
                        .findFirst()
                        .orElse(0));
        assertThat(is.getStatus())
                .isEqualTo(reversed.stream()
                        .map(SpanMessage::getStatus)
                        .filter(status -> status != 0)
                        .findFirst()
                        .orElse(0));
        assertThat(is.getUsage().getInput())
                .isEqualTo(reversed.stream()
                        .map(m -> m.getUsage().getInput())
                        .filter(input -> input != 0)
                        .findFirst()
                        .orElse(0L));
        TreeSet<String> tags = new TreeSet<>();
        sorted.forEach(m -> tags.addAll(m.getTagsList()));
        assertThat(is.getTagsList()).containsExactlyElementsOf(tags);
        long end = sorted.stream().mapToLong(SpanMessage::getEndNanos).max().orElse(0);
        boolean event = is.getKind() == SpanKind.EVENT.code() && starts != none;
        assertThat(span.isComplete()).isEqualTo(end != 0 || event);
        if (end != 0) {
            assertThat(is.getEndNanos()).isEqualTo(end);
            assertThat(is.getStartNanos()).isEqualTo(starts == none ? end : starts.getStartNanos());
        }
        int marks = sorted.stream().mapToInt(SpanMessage::getMarks).reduce(0, (a, b) -> a | b);
        assertThat(span.marks() & marks).isEqualTo(marks);
    }

    private static String lastText(List<SpanMessage> latestFirst, Function<SpanMessage, String> field) {
        return latestFirst.stream()
                .map(field)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Messages of one span; several are of one time. */
    static List<SpanFact> messages(Random random, int size) {
        List<SpanFact> messages = new ArrayList<>(size);
        for (int i = 1; i <= size; i++) {
            long said = NOON_MILLIS + random.nextInt(20);
            Spans message = update(1, i).part(i, said, random.nextBoolean()).at(0, i);
            message.saying(builder -> sayAnything(random, builder));
            messages.add(message.build());
        }
        return messages;
    }

    private static void sayAnything(Random random, SpanMessage.Builder message) {
        if (random.nextInt(3) == 0) {
            message.setName("name " + random.nextInt(9));
        }
        if (random.nextInt(3) == 0) {
            message.setStartNanos(NOON + random.nextInt(1_000));
        }
        if (random.nextInt(3) == 0) {
            message.setEndNanos(NOON + 1_000 + random.nextInt(1_000));
        }
        if (random.nextInt(3) == 0) {
            message.setParentSpanId(ByteString.copyFrom(new SpanId(0, 1 + random.nextInt(3), false).bytes()));
        }
        if (random.nextInt(3) == 0) {
            message.setEnvironment("env " + random.nextInt(3)).setUserId("user " + random.nextInt(3));
        }
        if (random.nextInt(3) == 0) {
            message.setRequestModel("model " + random.nextInt(3)).setRelease("r" + random.nextInt(3));
        }
        if (random.nextInt(3) == 0) {
            message.setUsage(UsageMessage.newBuilder().setInput(random.nextInt(3)));
        }
        message.setKind(random.nextInt(11) * random.nextInt(2)).setStatus(random.nextInt(3));
        message.setMarks(random.nextInt(4) == 0 ? Mark.MASKED.bit() : 0);
        for (int tags = random.nextInt(3); tags > 0; tags--) {
            message.addTags("tag " + random.nextInt(30));
        }
    }

    private static Partials tokenAt(long nanos) {
        SpanFact fact = update(1, 77).build();
        SpanMessage message = fact.message().toBuilder()
                .setContentHash(77)
                .setPartial(fact.partials().parts().get(0).order().toBuilder().setFirstTokenAtNanos(nanos))
                .build();
        return Partials.of(new SpanFact(
                fact.project(),
                fact.trace(),
                fact.id(),
                null,
                message,
                "",
                "",
                "",
                null,
                SpanCost.NONE,
                0,
                fact.receivedAtMillis(),
                0,
                0,
                0,
                null));
    }

    private static Partials together(List<SpanFact> messages) {
        Partials all = messages.get(0).partials();
        for (SpanFact message : messages.subList(1, messages.size())) {
            all = all.with(message.partials());
        }
        return all;
    }

    private static SpanFact merged(Spans... messages) {
        List<SpanFact> facts = new ArrayList<>();
        for (Spans message : messages) {
            facts.add(message.build());
        }
        return span(facts.get(0), together(facts));
    }

    private static SpanFact span(SpanFact first, Partials partials) {
        return PartialFold.span(first, partials, (message, usage) -> SpanCost.NONE);
    }
}
