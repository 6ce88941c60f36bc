package io.millrace.schema.span;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.schema.wire.PartialMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartialOrderTest {
    @Test
    void timeThenKindThenIdThenContent() {
        List<PartialMessage> inOrder = List.of(
                message(1, true, 9),
                message(2, false, 5),
                message(2, true, 1),
                message(2, true, 0x7F),
                message(2, true, 0x80),
                message(-1, false, 0));
        List<PartialMessage> shuffled = new ArrayList<>(inOrder);
        Collections.shuffle(shuffled, new Random(3));
        shuffled.sort((one, other) -> PartialOrder.compare(one, 0, other, 0));
        assertThat(shuffled).isEqualTo(inOrder);
        assertThat(PartialOrder.compare(inOrder.get(0), 1, inOrder.get(0), -1)).isNegative();
        assertThat(PartialOrder.compare(inOrder.get(0), 1, inOrder.get(0), 1)).isZero();
    }

    @Test
    void theSameMessageHasTheSameIdAndContent() {
        assertThat(PartialOrder.isSame(message(1, false, 5), 7, message(1, false, 5), 7))
                .isTrue();
        assertThat(PartialOrder.isSame(message(1, false, 5), 7, message(1, false, 5), 8))
                .isFalse();
        assertThat(PartialOrder.isSame(message(1, false, 5), 7, message(1, false, 6), 7))
                .isFalse();
    }

    private static PartialMessage message(long at, boolean update, int id) {
        return PartialMessage.newBuilder()
                .setAtNanos(at)
                .setUpdate(update)
                .setId(ByteString.copyFrom(new byte[] {0, (byte) id}))
                .build();
    }
}
