package io.millrace.query.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.schema.window.Cube;
import io.millrace.schema.wire.RollupMessage;
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

    private void accept(RollupMessage.Builder message) {
        overlay.accept(message.build(), NOW * 1_000, NOW);
    }

    private List<Long> spans() {
        return overlay.values(PROJECT, Cube.KIND, NOW - 3_600, NOW + 3_600).stream()
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
    void letsGoOfAClosedWindowOnceTheStoreHasAllThatWasKnownThen() {
        accept(window(NOW - 60, 1, 1).setClosed(true));
        overlay.storedUntil(NOW - 1);
        assertThat(spans()).hasSize(1);

        overlay.storedUntil(NOW);

        assertThat(spans()).isEmpty();
        assertThat(overlay.bytes()).isZero();
    }

    @Test
    void letsGoOfWindowsThatTheStreamRevisesNoMore() {
        accept(window(NOW - 3_600, 1, 1).setClosed(true));

        overlay.storedUntil(NOW - 600);

        assertThat(spans()).isEmpty();
    }

    @Test
    void keepsAnOpenWindowHoweverLongTheStreamStandsStill() {
        accept(window(NOW, 1, 1));

        overlay.storedUntil(NOW + 86_400);

        assertThat(spans()).containsExactly(1L);
    }

    @Test
    void letsGoOfAnOpenWindowThatTheStreamLeftBehind() {
        accept(window(NOW - 1_860, 1, 1));
        accept(window(NOW, 2, 1));

        overlay.storedUntil(0);

        assertThat(spans()).containsExactly(2L);
    }

    @Test
    void dropsTheOldestWindowsRatherThanGrow() {
        var small = new Overlay(1_000);
        for (int i = 0; i < 100; i++) {
            small.accept(window(NOW + 10L * i, i, 1).build(), 0, NOW);
        }

        assertThat(small.bytes()).isLessThanOrEqualTo(1_000);
        assertThat(small.dropped()).isEqualTo(97);
        assertThat(small.values(PROJECT, Cube.KIND, NOW, NOW + 10_000))
                .extracting(value -> value.value().spans())
                .containsExactly(97L, 98L, 99L);
    }

    @Test
    void passesOverWhatIsNoWindow() {
        accept(window(NOW, 1, 1).clearValue());
        accept(window(NOW, 1, 1).clearProject());

        assertThat(spans()).isEmpty();
    }
}
