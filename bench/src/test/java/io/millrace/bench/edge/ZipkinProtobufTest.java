package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.millrace.bench.edge.SampleSpan.Attribute;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Field numbers and types are those of the published {@code zipkin.proto}. */
class ZipkinProtobufTest {
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    @Test
    void spansAreThoseOfZipkinsDefinition() throws IOException {
        SampleSpan span = new SampleSpan(
                0x0102030405060708L,
                0x090A0B0C0D0E0F10L,
                0x1112131415161718L,
                0x2122232425262728L,
                "chat",
                1_502_787_600_000_001_999L,
                150_000_000L,
                List.of(Attribute.of("model", "gpt"), Attribute.of("tokens", 12), Attribute.of("top_p", 0.5)));

        byte[] expected = message(list -> list.writeByteArray(1, message(out -> {
            out.writeByteArray(1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
            out.writeByteArray(2, new byte[] {0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28});
            out.writeByteArray(3, new byte[] {0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18});
            out.writeEnum(4, 1);
            out.writeString(5, "chat");
            out.writeFixed64(6, 1_502_787_600_000_001L);
            out.writeUInt64(7, 150_000);
            out.writeByteArray(8, message(endpoint -> endpoint.writeString(1, "support-desk")));
            out.writeByteArray(11, tag("model", "gpt"));
            out.writeByteArray(11, tag("tokens", "12"));
            out.writeByteArray(11, tag("top_p", "0.5"));
        })));

        assertThat(ZipkinProtobuf.encode(List.of(span))).isEqualTo(expected);
    }

    @Test
    void aRootHasNoParent() throws IOException {
        SampleSpan root = new SampleSpan(1, 2, 3, 0, "chat", 4_000, 5_000, List.of());

        byte[] expected = message(list -> list.writeByteArray(1, message(out -> {
            out.writeByteArray(1, new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2});
            out.writeByteArray(3, new byte[] {0, 0, 0, 0, 0, 0, 0, 3});
            out.writeEnum(4, 1);
            out.writeString(5, "chat");
            out.writeFixed64(6, 4);
            out.writeUInt64(7, 5);
            out.writeByteArray(8, message(endpoint -> endpoint.writeString(1, "support-desk")));
        })));

        assertThat(ZipkinProtobuf.encode(List.of(root))).isEqualTo(expected);
    }

    private static byte[] tag(String key, String value) throws IOException {
        return message(entry -> {
            entry.writeString(1, key);
            entry.writeString(2, value);
        });
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }
}
