package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.millrace.ingest.Trials;
import io.millrace.ingest.share.FairShare;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class UnpackingTest {
    private static final int LIMIT = 1 << 20;
    private static final int KIB = 1024;

    private static final UUID PROJECT = new UUID(1, 1);

    private final FairShare memory = new FairShare(4L * LIMIT);
    private final Budget budget = new Budget(memory, PROJECT);
    private final byte[] text = text(300 * KIB);

    @Test
    void unpacksGzipZstdAndIdentity() throws Exception {
        assertThat(unpack(Encoding.GZIP, gzip(text))).isEqualTo(text);
        assertThat(unpack(Encoding.ZSTD, Zstd.compress(text))).isEqualTo(text);
        assertThat(unpack(Encoding.IDENTITY, text)).isEqualTo(text);
        assertThat(memory.held()).isZero();
    }

    @Test
    void unpacksZstdThatDoesNotSayItsLength() throws Exception {
        assertThat(unpack(Encoding.ZSTD, zstdStream(text))).isEqualTo(text);
    }

    @Test
    void unpacksGzipOfSeveralMembers() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.write(gzip(Arrays.copyOf(text, 100_000)));
        packed.write(gzip(Arrays.copyOfRange(text, 100_000, text.length)));
        assertThat(unpack(Encoding.GZIP, packed.toByteArray())).isEqualTo(text);
    }

    /** Each of them calls for as little work as it brings. */
    @Test
    void unpacksGzipOfMembersThatAreEmpty() throws Exception {
        byte[] empty = gzip(new byte[0]);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (int i = 0; i < 30_000; i++) {
            packed.write(empty);
        }
        packed.write(gzip(text));
        assertThat(unpack(Encoding.GZIP, packed.toByteArray())).isEqualTo(text);
    }

    /** All that RFC 1952 lets a member begin with. */
    @Test
    void unpacksGzipWhoseHeadsSayMore() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.write(member(4 | 8 | 16, Arrays.copyOf(text, 100_000)));
        packed.write(member(2 | 8, Arrays.copyOfRange(text, 100_000, text.length)));
        assertThat(unpack(Encoding.GZIP, packed.toByteArray())).isEqualTo(text);
        byte[] wrong = member(2, text);
        wrong[10] ^= 1; // the head's checksum
        refuses(Failure.MALFORMED_BODY, Encoding.GZIP, wrong);
        byte[] extra = member(4, text);
        extra[11] = (byte) 0xff; // longer than it is
        refuses(Failure.MALFORMED_BODY, Encoding.GZIP, Arrays.copyOf(extra, 100));
        refuses(Failure.MALFORMED_BODY, Encoding.GZIP, Arrays.copyOf(member(8, text), 12));
    }

    @Test
    void ignoresWhatFollowsTheLastMemberOfGzip() throws Exception {
        for (int more : new int[] {1, 8, 100}) {
            byte[] packed = gzip(text);
            assertThat(unpack(Encoding.GZIP, Arrays.copyOf(packed, packed.length + more)))
                    .isEqualTo(text);
        }
    }

    @Test
    void refusesGzipWhoseSecondMemberIsCutOff() throws Exception {
        byte[] first = gzip(text);
        for (int more : new int[] {2, 9, 10, 5_000}) {
            byte[] packed = Arrays.copyOf(first, first.length + more);
            System.arraycopy(first, 0, packed, first.length, more);
            refuses(Failure.MALFORMED_BODY, Encoding.GZIP, packed);
        }
    }

    @Test
    void takesExactlyTheLimitAndNotOneMore() throws Exception {
        assertThat(unpack(Encoding.GZIP, gzip(new byte[LIMIT]))).hasSize(LIMIT);
        refuses(Failure.TOO_LARGE, Encoding.GZIP, gzip(new byte[LIMIT + 1]));
        refuses(Failure.TOO_LARGE, Encoding.ZSTD, Zstd.compress(new byte[LIMIT + 1]));
    }

    @Test
    void aBombNeverHoldsMoreThanTheLimit() throws Exception {
        byte[] bomb = gzip(new byte[64 * LIMIT]);
        FairShare narrow = new FairShare((bomb.length + 2L * LIMIT) * 16 / 15 + 1);

        assertThatThrownBy(() -> unpack(new Budget(narrow, PROJECT), Encoding.GZIP, bomb))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.failure()).isEqualTo(Failure.TOO_LARGE));

        assertThat(narrow.held()).isZero();
    }

    /** Whatever it says of its length, and however it grows. */
    @Test
    void aBodyWithinTheLimitFitsInOneAndAHalfOfIt() {
        Trials.run(200, random -> {
            byte[] body = new byte[LIMIT / 4 + random.nextInt(LIMIT * 3 / 4 + 1)];
            byte[] noise = Trials.bytes(random, LIMIT / 8);
            System.arraycopy(noise, 0, body, 0, noise.length);
            try {
                for (Encoding encoding : List.of(Encoding.GZIP, Encoding.ZSTD)) {
                    byte[] packed = encoding == Encoding.GZIP ? gzip(body) : zstdStream(body);
                    int held = Math.max(packed.length, HeldBytes.SMALLEST);
                    FairShare narrow = new FairShare((held + LIMIT + LIMIT / 2) * 16L / 15 + 1);
                    assertThat(unpack(new Budget(narrow, PROJECT), encoding, packed))
                            .isEqualTo(body);
                }
            } catch (IOException | Refused refused) {
                throw new AssertionError(refused.toString(), refused);
            }
        });
    }

    @Test
    void refusesWhatIsCutOffOrBroken() throws Exception {
        byte[] packed = gzip(text);
        byte[] flipped = packed.clone();
        flipped[packed.length - 6] ^= 1; // the checksum
        refuses(Failure.MALFORMED_BODY, Encoding.GZIP, Arrays.copyOf(packed, packed.length / 2));
        refuses(Failure.MALFORMED_BODY, Encoding.GZIP, Arrays.copyOf(packed, packed.length - 1));
        refuses(Failure.MALFORMED_BODY, Encoding.GZIP, Arrays.copyOf(packed, 5));
        refuses(Failure.MALFORMED_BODY, Encoding.GZIP, flipped);
        refuses(Failure.MALFORMED_BODY, Encoding.GZIP, text);
        byte[] zstd = Zstd.compress(text);
        refuses(Failure.MALFORMED_BODY, Encoding.ZSTD, Arrays.copyOf(zstd, zstd.length / 2));
        refuses(Failure.MALFORMED_BODY, Encoding.ZSTD, text);
    }

    @Test
    void refusesAWindowNobodyNeeds() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZstdOutputStream out = new ZstdOutputStream(packed).setLong(26)) {
            out.write(text);
        }
        refuses(Failure.MALFORMED_BODY, Encoding.ZSTD, packed.toByteArray());
    }

    @Test
    void saysOverloadedWhenMemoryIsShort() throws Exception {
        FairShare narrow = new FairShare(200 * KIB);
        assertThatThrownBy(() -> unpack(new Budget(narrow, PROJECT), Encoding.GZIP, gzip(text)))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.failure()).isEqualTo(Failure.OVERLOADED));
        assertThat(narrow.held()).isZero();
    }

    @Test
    void stopsWhereItIsToldAndGoesOn() throws Exception {
        try (Payload payload = new Payload(held(budget, gzip(text)), Encoding.GZIP, budget, LIMIT)) {
            assertThat(payload.isUnpackedWithin(200 * KIB)).isFalse();
            assertThat(payload.length()).isEqualTo(200 * KIB);
            assertThat(payload.isUnpackedWithin(LIMIT)).isTrue();
            assertThat(Arrays.copyOf(payload.array(), payload.length())).isEqualTo(text);
        }
        assertThat(memory.held()).isZero();
    }

    /** Nor is its head: that alone may be as long. */
    @Test
    void whatIsLongerPackedIsNotLookedAt() throws Exception {
        try (Payload payload = new Payload(held(budget, text), Encoding.GZIP, budget, LIMIT)) {
            long held = memory.held();
            assertThat(payload.isUnpackedWithin(text.length - 1)).isFalse();
            assertThat(memory.held()).isEqualTo(held);
            assertThatThrownBy(() -> payload.isUnpackedWithin(text.length)).isInstanceOf(Refused.class);
        }
        assertThat(memory.held()).isZero();
    }

    private void refuses(Failure failure, Encoding encoding, byte[] packed) {
        assertThatThrownBy(() -> unpack(encoding, packed))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.failure()).isEqualTo(failure));
        assertThat(memory.held()).isZero();
    }

    private byte[] unpack(Encoding encoding, byte[] packed) throws Refused {
        return unpack(budget, encoding, packed);
    }

    private static byte[] unpack(Budget budget, Encoding encoding, byte[] packed) throws Refused {
        try (Payload payload = new Payload(held(budget, packed), encoding, budget, LIMIT)) {
            assertThat(payload.isUnpackedWithin(Integer.MAX_VALUE)).isTrue();
            return Arrays.copyOf(payload.array(), payload.length());
        }
    }

    private static HeldBytes held(Budget budget, byte[] bytes) throws Refused {
        HeldBytes held = new HeldBytes(budget, LIMIT);
        held.append(Buffer.buffer(bytes));
        return held;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    /** A member with these flags, and what they say there is. */
    private static byte[] member(int flags, byte[] bytes) throws IOException {
        byte[] plain = gzip(bytes);
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        plain[3] = (byte) flags;
        member.write(plain, 0, 10);
        if ((flags & 4) != 0) {
            member.write(new byte[] {3, 0, 'a', 'b', 'c'});
        }
        if ((flags & 8) != 0) {
            member.write(new byte[] {'n', 'a', 'm', 'e', 0});
        }
        if ((flags & 16) != 0) {
            member.write(new byte[] {'w', 'h', 'y', 0});
        }
        if ((flags & 2) != 0) {
            CRC32 checksum = new CRC32();
            checksum.update(member.toByteArray());
            member.write((int) checksum.getValue());
            member.write((int) checksum.getValue() >> 8);
        }
        member.write(plain, 10, plain.length - 10);
        return member.toByteArray();
    }

    private static byte[] zstdStream(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static byte[] text(int length) {
        Random random = new Random(7);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(6));
        }
        return bytes;
    }
}
