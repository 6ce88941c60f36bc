package io.millrace.schema.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class TraceIdTest {
    private static final UUID PROJECT = UUID.fromString("018f2b5c-0000-7000-8000-000000000001");
    private static final String HEX = "0af7651916cd43dd8448eb211c80319c";
    /** The first 16 bytes of: printf '018f2b5c-0000-7000-8000-000000000001\0order-42' | sha256sum */
    static final String ORDER_42 = "19ac71a0b1b167b35e7562a1d4a1c980";

    private static final TraceId ID = new TraceId(0x0af7651916cd43ddL, 0x8448eb211c80319cL);

    @Test
    void hexOfEitherCaseAndUuidAreTheSameBytes() {
        assertThat(TraceId.parse(PROJECT, HEX)).isEqualTo(ID);
        assertThat(TraceId.parse(PROJECT, "0AF7651916CD43DD8448EB211C80319C")).isEqualTo(ID);
        assertThat(TraceId.parse(PROJECT, "0af76519-16cd-43dd-8448-eb211c80319c"))
                .isEqualTo(ID);
    }

    @Test
    void anyOtherTextIsHashedWithItsProject() {
        assertThat(TraceId.parse(PROJECT, "order-42")).hasToString(ORDER_42);
        assertThat(TraceId.parse(new UUID(1, 1), "order-42")).isNotEqualTo(TraceId.parse(PROJECT, "order-42"));
    }

    @Test
    void onlyHexAndUuidNameTheBytesThemselves() {
        assertThat(Stream.of(HEX, "0af76519-16cd-43dd-8448-eb211c80319c")).allMatch(TraceId::isCanonical);
        assertThat(Stream.of(
                        "",
                        "order-42",
                        HEX.substring(1),
                        HEX + "0",
                        HEX.replace('9', 'g'),
                        "0af76519x16cd-43dd-8448-eb211c80319c",
                        "b7ad6b7169203331"))
                .noneMatch(TraceId::isCanonical);
    }

    @Test
    void zerosAreRefusedInEveryForm() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TraceId(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> TraceId.of(new byte[16], 0));
        assertThatIllegalArgumentException().isThrownBy(() -> TraceId.parse(PROJECT, "0".repeat(32)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TraceId.parse(PROJECT, "00000000-0000-0000-0000-000000000000"));
    }

    @Test
    void bytesUuidAndTextSayTheSame() {
        byte[] padded = new byte[18];
        System.arraycopy(ID.bytes(), 0, padded, 2, 16);

        assertThat(TraceId.of(padded, 2)).isEqualTo(ID);
        assertThat(TraceId.of(ID.uuid())).isEqualTo(ID);
        assertThat(ID.uuid()).hasToString("0af76519-16cd-43dd-8448-eb211c80319c");
        assertThat(ID).hasToString(HEX);
    }

    @Test
    void orderIsThatOfUnsignedBytes() {
        TraceId small = new TraceId(0, 1);
        TraceId large = new TraceId(-1, 0);

        assertThat(Stream.of(large, ID, small).sorted()).isEqualTo(List.of(small, ID, large));
    }
}
