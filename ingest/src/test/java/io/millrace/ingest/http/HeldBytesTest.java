package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.Trials;
import io.millrace.ingest.share.FairShare;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HeldBytesTest {
    private static final int LIMIT = 1 << 20;

    private final FairShare memory = new FairShare(4L * LIMIT);
    private final HeldBytes held = new HeldBytes(new Budget(memory, new UUID(1, 1)), LIMIT);

    @Test
    void whatIsAnnouncedIsHeldAtOnceWhenAQuarterOfItIsThere() throws Exception {
        held.announce(400_000);
        held.append(Buffer.buffer(new byte[100_000]));
        assertThat(memory.held()).isEqualTo(400_000);

        held.append(Buffer.buffer(new byte[300_000]));
        assertThat(memory.held()).isEqualTo(400_000);
        assertThat(held.length()).isEqualTo(400_000);
    }

    @Test
    void anAnnouncementAloneCostsNoMemory() throws Exception {
        held.announce(LIMIT);
        held.append(Buffer.buffer(new byte[100]));
        assertThat(memory.held()).isEqualTo(8 * 1024);
    }

    @Test
    void moreThanTheLimitIsRefusedWhateverIsAnnounced() throws Exception {
        held.announce(2L * LIMIT);
        held.append(Buffer.buffer(new byte[LIMIT]));
        assertThat(memory.held()).isEqualTo(LIMIT);
        assertThatThrownBy(() -> held.append(Buffer.buffer(new byte[1])))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.failure()).isEqualTo(Failure.TOO_LARGE));
    }

    @Test
    void bytesAreKeptInTheirOrderWhateverIsAnnounced() {
        Trials.run(200, random -> {
            byte[] body = Trials.bytes(random, 200_000);
            try (HeldBytes taken = new HeldBytes(new Budget(memory, new UUID(1, 2)), LIMIT)) {
                taken.announce(random.nextInt(3) == 0 ? random.nextInt(400_000) - 1 : body.length);
                for (int from = 0; from < body.length; ) {
                    int to = Math.min(body.length, from + 1 + random.nextInt(70_000));
                    taken.append(Buffer.buffer(Arrays.copyOfRange(body, from, to)));
                    from = to;
                }
                assertThat(Arrays.copyOf(taken.array(), taken.length())).isEqualTo(body);
            } catch (Refused refused) {
                throw new AssertionError(refused);
            }
        });
        assertThat(memory.held()).isZero();
    }
}
