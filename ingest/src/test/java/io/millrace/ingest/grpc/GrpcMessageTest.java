package io.millrace.ingest.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.Trials;
import io.millrace.ingest.http.Budget;
import io.millrace.ingest.http.Encoding;
import io.millrace.ingest.http.Failure;
import io.millrace.ingest.http.Packed;
import io.millrace.ingest.http.Refused;
import io.millrace.ingest.share.FairShare;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GrpcMessageTest {
    private static final int LIMIT = 1 << 16;

    private final FairShare memory = new FairShare(4L * LIMIT);
    private final Budget budget = new Budget(memory, new UUID(1, 1));

    @Test
    void aMessageIsTheSameHoweverItsFrameIsCut() {
        Trials.run(500, random -> {
            byte[] message = Trials.bytes(random, 20_000);
            boolean zipped = random.nextBoolean();

            Packed packed = read(zipped ? "gzip" : null, cut(random, frame(zipped ? 1 : 0, message)));

            assertThat(Arrays.copyOf(packed.bytes().array(), packed.bytes().length()))
                    .isEqualTo(message);
            assertThat(packed.encoding()).isEqualTo(zipped ? Encoding.GZIP : Encoding.IDENTITY);
            packed.bytes().close();
            assertThat(memory.held()).isZero();
        });
    }

    @Test
    void whatIsNotOneWholeMessageIsRefusedHoweverItIsCut() {
        Trials.run(500, random -> {
            byte[] frame = frame(0, Trials.bytes(random, 2_000));
            Buffer other = random.nextBoolean()
                    ? Buffer.buffer(frame).getBuffer(0, random.nextInt(frame.length))
                    : Buffer.buffer(frame).appendBytes(new byte[1 + random.nextInt(20)]);

            refuses(Failure.MALFORMED_BODY, null, cut(random, other.getBytes()));
        });
    }

    @Test
    void aFlagThatGrpcDoesNotHaveIsRefused() {
        refuses(Failure.MALFORMED_BODY, "gzip", List.of(Buffer.buffer(frame(2, new byte[1]))));
    }

    @Test
    void aPackedMessageSaysHow() {
        List<Buffer> packed = List.of(Buffer.buffer(frame(1, new byte[1])));
        refuses(Failure.MALFORMED_BODY, null, packed);
        refuses(Failure.MALFORMED_BODY, "identity", packed);
        refuses(Failure.UNSUPPORTED_ENCODING, "deflate", packed);
    }

    @Test
    void aMessageThatIsNotPackedMayComeWithAnyEncoding() {
        Packed packed = read("deflate", List.of(Buffer.buffer(frame(0, new byte[] {7}))));
        assertThat(packed.encoding()).isEqualTo(Encoding.IDENTITY);
    }

    @Test
    void aMessageOverTheLimitIsRefusedBeforeItComes() throws Refused {
        try (GrpcMessage message = new GrpcMessage(budget, LIMIT, null)) {
            Buffer prefix = Buffer.buffer().appendByte((byte) 0).appendInt(LIMIT + 1);
            assertThatThrownBy(() -> message.append(prefix))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.failure()).isEqualTo(Failure.TOO_LARGE));
        }
        assertThat(read(null, List.of(Buffer.buffer(frame(0, new byte[LIMIT]))))
                        .bytes()
                        .length())
                .isEqualTo(LIMIT);
    }

    @Test
    void anAnnouncedLengthTakesNoMemory() throws Refused {
        try (GrpcMessage message = new GrpcMessage(budget, LIMIT, null)) {
            message.append(Buffer.buffer().appendByte((byte) 0).appendInt(LIMIT));
            assertThat(memory.held()).isZero();
        }
    }

    @Test
    void aLengthOfFourGigabytesIsNoNegativeOne() {
        refuses(
                Failure.TOO_LARGE,
                null,
                List.of(Buffer.buffer().appendByte((byte) 0).appendInt(-1)));
    }

    private Packed read(@Nullable String encoding, List<Buffer> chunks) {
        try {
            return readAll(encoding, chunks);
        } catch (Refused refused) {
            throw new AssertionError(refused.sentence(), refused);
        }
    }

    private void refuses(Failure failure, @Nullable String encoding, List<Buffer> chunks) {
        assertThatThrownBy(() -> readAll(encoding, chunks))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.failure()).isEqualTo(failure));
        assertThat(memory.held()).isZero();
    }

    private Packed readAll(@Nullable String encoding, List<Buffer> chunks) throws Refused {
        GrpcMessage message = new GrpcMessage(budget, LIMIT, encoding);
        try {
            for (Buffer chunk : chunks) {
                message.append(chunk);
            }
            return message.whole();
        } catch (Refused refused) {
            message.close();
            throw refused;
        }
    }

    private static byte[] frame(int flag, byte[] message) {
        return Buffer.buffer()
                .appendByte((byte) flag)
                .appendInt(message.length)
                .appendBytes(message)
                .getBytes();
    }

    /** In pieces, some of a byte, some of none. */
    private static List<Buffer> cut(Random random, byte[] bytes) {
        List<Buffer> chunks = new ArrayList<>();
        int most = Trials.oneOf(random, 1, 3, 100, 30_000);
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(random.nextInt(most + 1), bytes.length - at);
            chunks.add(Buffer.buffer(Arrays.copyOfRange(bytes, at, at + length)));
            at += length;
        }
        return chunks;
    }
}
