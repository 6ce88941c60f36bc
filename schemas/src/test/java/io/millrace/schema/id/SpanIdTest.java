package io.millrace.schema.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class SpanIdTest {
    private static final UUID PROJECT = UUID.fromString("018f2b5c-0000-7000-8000-000000000001");
    private static final SpanId NARROW = new SpanId(0, 0xb7ad6b7169203331L, false);
    private static final SpanId WIDE = new SpanId(0x0af7651916cd43ddL, 0x8448eb211c80319cL, true);

    @Test
    void sixteenDigitsAreEightBytes() {
        assertThat(SpanId.parse(PROJECT, "b7ad6b7169203331")).isEqualTo(NARROW);
        assertThat(SpanId.parse(PROJECT, "B7AD6B7169203331")).isEqualTo(NARROW);
        assertThat(NARROW.bytes()).hasSize(8);
        assertThat(NARROW).hasToString("b7ad6b7169203331");
    }

    @Test
    void thirtyTwoDigitsAndUuidsAreSixteenBytes() {
        assertThat(SpanId.parse(PROJECT, "0af7651916cd43dd8448eb211c80319c")).isEqualTo(WIDE);
        assertThat(SpanId.parse(PROJECT, "0af76519-16cd-43dd-8448-eb211c80319c"))
                .isEqualTo(WIDE);
        assertThat(WIDE.bytes()).hasSize(16);
        assertThat(WIDE).hasToString("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void anyOtherTextIsHashedWithItsProject() {
        assertThat(SpanId.parse(PROJECT, "order-42")).hasToString(TraceIdTest.ORDER_42);
        assertThat(SpanId.isCanonical("order-42")).isFalse();
        assertThat(SpanId.isCanonical("b7ad6b7169203331")).isTrue();
    }

    @Test
    void bytesAreReadAtTheirWidth() {
        assertThat(SpanId.of(NARROW.bytes())).isEqualTo(NARROW);
        assertThat(SpanId.of(WIDE.bytes())).isEqualTo(WIDE);
        assertThatIllegalArgumentException().isThrownBy(() -> SpanId.of(new byte[12]));
    }

    @Test
    void zerosAreRefusedInEveryForm() {
        assertThatIllegalArgumentException().isThrownBy(() -> SpanId.of(new byte[8]));
        assertThatIllegalArgumentException().isThrownBy(() -> SpanId.of(new byte[16]));
        assertThatIllegalArgumentException().isThrownBy(() -> SpanId.parse(PROJECT, "0".repeat(16)));
        assertThatIllegalArgumentException().isThrownBy(() -> SpanId.parse(PROJECT, "0".repeat(32)));
    }

    @Test
    void widthTellsEqualNumbersApart() {
        SpanId wide = new SpanId(0, NARROW.low(), true);

        assertThat(wide).isNotEqualTo(NARROW);
        assertThatIllegalArgumentException().isThrownBy(() -> new SpanId(1, 1, false));
        assertThat(Stream.of(WIDE, wide, NARROW).sorted()).isEqualTo(List.of(NARROW, wide, WIDE));
    }
}
