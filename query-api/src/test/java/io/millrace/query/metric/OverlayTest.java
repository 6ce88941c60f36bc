package io.millrace.query.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.schema.window.Cube;
import io.millrace.schema.wire.RollupMessage;
import io.millrace.schema.wire.StoredMarkMessage;
import io.millrace.schema.wire.WindowValueMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OverlayTest {
    private static final UUID PROJECT = UUID.fromString("01890000-0000-7000-8000-000000000001");
    private static final long NOW = 1_763_632_800;

    private final Overlay overlay = new Overlay(1 << 20);

    private static RollupMessage.Builder window(long start, long spans, long n) {
        return RollupMessage.newBuilder()
                .setProject(bytes(PROJECT))
                .setCube(Cube.KIND.code())
                .addDims("llm")
                .setWindowStartSeconds(start)
                .setWindowSeconds(10)
                .setEpoch(7)
                .setN(n)
                .setValue(WindowValueMessage.newBuilder().setSpans(spans));
    }

    private static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }

    private static RollupMessage.Builder mark(int writer, int writers, int epoch, long n, long until) {
        return RollupMessage.newBuilder()
                .setEpoch(epoch)
                .setN(n)
                .setStored(StoredMarkMessage.newBuilder()
                        .setWriter(writer)
                        .setWriters(writers)
                        .setUntilSeconds(until));
    }

    private void accept(RollupMessage.Builder message) {
        overlay.accept(message.build(), NOW * 1_000);
    }

    private List<Long> spans() {
        return spans(NOW - 3_600, NOW + 3_600);
    }

    private List<Long> spans(long from, long to) {
        return overlay.values(PROJECT, Cube.KIND, from, to).stream()
                .map(value -> value.value().spans())
                .toList();
    }

    @Test
    void keepsTheGreatestRevisionWhateverComesLast() {
        accept(window(NOW, 1, 1));
        accept(window(NOW, 3, 3));
        accept(window(NOW, 2, 2));

        assertThat(spans()).containsExactly(3L);
    }

    @Test
    void tellsWindowsSeriesProjectsAndCubesApart() {
        accept(window(NOW, 1, 1));
        accept(window(NOW + 10, 2, 1));
        accept(window(NOW, 4, 1).clearDims().addDims("tool"));
        accept(window(NOW, 8, 1).setProject(bytes(UUID.randomUUID())));
        accept(window(NOW, 16, 1).setCube(Cube.OPERATION.code()));

        assertThat(spans()).containsExactlyInAnyOrder(1L, 2L, 4L);
        assertThat(overlay.values(PROJECT, Cube.KIND, NOW + 10, NOW + 20)).hasSize(1);
    }

    @Test
    void keepsAClosedValueHoweverLongTheStoreIsAway() {
        accept(window(NOW, 1, 1).setClosed(true));
        accept(mark(0, 1, 7, 1, NOW));

        for (long minute = 1; minute < 24 * 60; minute++) {
            accept(window(NOW + 60 * minute, 2, 1 + minute).setClosed(true));
        }

        assertThat(spans(NOW, NOW + 10)).containsExactly(1L);
    }

    @Test
    void letsGoOfWhatTheJobsSayIsStored() {
        accept(window(NOW, 1, 5).setClosed(true));
        accept(window(NOW + 10, 2, 6).setClosed(true));
        accept(window(NOW + 20, 4, 4));

        accept(mark(0, 1, 7, 5, NOW + 20));

        assertThat(spans())
                .as("the closed one is younger, the open one has no end")
                .containsExactlyInAnyOrder(2L, 4L);
    }

    @Test
    void keepsARevisionThatCameAfterTheMark() {
        accept(window(NOW, 1, 5).setClosed(true));
        accept(mark(0, 1, 7, 5, NOW + 600));
        accept(window(NOW, 2, 6).setClosed(true));

        assertThat(spans()).containsExactly(2L);

        accept(mark(0, 1, 7, 6, NOW + 610));

        assertThat(spans()).isEmpty();
        assertThat(overlay.bytes()).isZero();
    }

    @Test
    void doesNotTakeAgainWhatIsStored() {
        accept(mark(0, 1, 7, 5, NOW + 10));
        accept(window(NOW, 1, 5).setClosed(true));

        assertThat(spans()).isEmpty();
    }

    /** It fell between the last flush and the failure: the successor says it again before it claims to have stored it. */
    @Test
    void keepsWhatAnAttemptSaidLastUntilItsSuccessorHasPassedIt() {
        accept(mark(0, 1, 7, 3, NOW));
        accept(window(NOW, 1, 4).setClosed(true));

        accept(mark(0, 1, 8, 1, NOW + 5));
        assertThat(spans()).containsExactly(1L);

        accept(mark(0, 1, 8, 2, NOW + 10));
        assertThat(spans()).isEmpty();
    }

    /** As a series that the attempt after a failure folded into the rest: it would be counted beside it. */
    @Test
    void letsGoOfAnEarlyValueThatNoSuccessorSaidAgain() {
        accept(window(NOW, 1, 4));
        accept(window(NOW, 2, 9).setEpoch(8).clearDims().addDims("(other)"));
        assertThat(spans()).containsExactlyInAnyOrder(1L, 2L);

        accept(mark(0, 1, 8, 9, NOW + 9));
        assertThat(spans()).hasSize(2);

        accept(window(NOW, 3, 10).setEpoch(8).clearDims().addDims("(other)").setClosed(true));
        accept(mark(0, 1, 8, 9, NOW + 10));
        assertThat(spans()).containsExactly(3L);
    }

    @Test
    void waitsForEveryWriter() {
        accept(window(NOW, 1, 4));

        accept(mark(0, 2, 8, 9, NOW + 60));
        assertThat(spans()).hasSize(1);

        accept(mark(1, 2, 9, 9, NOW));
        assertThat(spans()).hasSize(1);

        accept(mark(1, 2, 9, 10, NOW + 10));
        assertThat(spans()).isEmpty();
    }

    @Test
    void anAttemptThatLivesOnClaimsNothing() {
        accept(mark(0, 1, 8, 1, NOW));
        accept(window(NOW, 1, 2).setEpoch(8).setClosed(true));

        accept(mark(0, 1, 7, 99, NOW + 3_600));

        assertThat(spans()).containsExactly(1L);
    }

    @Test
    void keepsAnOpenWindowHoweverLongTheStreamStandsStill() {
        accept(window(NOW - 3_600, 1, 1));
        accept(window(NOW, 2, 2));

        assertThat(spans()).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void takesNoMoreWindowsWhenItIsFullAndSaysUntilWhenItKnows() {
        var small = new Overlay(1_000);
        for (int i = 0; i < 100; i++) {
            small.accept(window(NOW + 10L * i, i + 1, i + 1).build(), 1_000 + i);
        }
        small.accept(window(NOW, 50, 101).build(), 2_000);

        assertThat(small.bytes()).isLessThanOrEqualTo(1_000);
        List<Long> held = small.values(PROJECT, Cube.KIND, NOW, NOW + 10_000).stream()
                .map(value -> value.value().spans())
                .toList();
        assertThat(held).as("the first ones, still kept up").startsWith(50L, 2L).hasSizeLessThan(10);
        assertThat(small.refusals()).isEqualTo(100 - held.size());
        assertThat(small.knownUntilMillis()).isEqualTo(1_000 + held.size());

        small.accept(mark(0, 1, 7, 101, NOW + 990).build(), 3_000);
        assertThat(small.knownUntilMillis()).as("one is not stored yet").isEqualTo(1_000 + held.size());

        small.accept(mark(0, 1, 7, 101, NOW + 1_000).build(), 4_000);
        assertThat(small.knownUntilMillis()).isEqualTo(4_000);
        assertThat(small.bytes()).isZero();
    }

    @Test
    void passesOverWhatIsNoWindow() {
        accept(window(NOW, 1, 1).clearValue());
        accept(window(NOW, 1, 1).clearProject());

        assertThat(spans()).isEmpty();
    }
}
