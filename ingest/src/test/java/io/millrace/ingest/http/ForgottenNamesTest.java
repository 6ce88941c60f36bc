package io.millrace.ingest.http;

import static org.awaitility.Awaitility.await;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.webhook.Unverified;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A JSON parser keeps the names it met for the next one; of senders' names that would be memory without an owner. */
class ForgottenNamesTest {
    private static final int BODIES = 200;
    private static final int NAME_CHARS = 40_000;
    /** What a run leaves that has nothing to do with names. */
    private static final long MOST_LEFT = 3L << 20;

    static Stream<FuzzedDecoder> decoders() {
        return FuzzedDecoder.all().stream()
                .filter(FuzzedDecoder::text)
                .filter(decoder -> firstObject(decoder.seeds().get(0)) >= 0);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void namesEndWithTheirBody(FuzzedDecoder decoder) {
        byte[] seed = decoder.seeds().get(0);
        decode(decoder, seed);
        long before = heap();

        for (int i = 0; i < BODIES; i++) {
            decode(decoder, withName(seed, i));
        }

        // What goes on beside it in this process may be in one reading; what is not forgotten is in each.
        await(decoder.name()).atMost(Duration.ofSeconds(100)).until(() -> heap() - before < MOST_LEFT);
    }

    private static void decode(FuzzedDecoder decoder, byte[] body) {
        try {
            decoder.decode().of(body, DecodedRequest.CONTEXT);
        } catch (MalformedEnvelope | Refused | Unverified refused) {
            // A name may be too much for a dialect; what counts is what is left of it.
        }
    }

    /** The body with one more member in its first object. */
    private static byte[] withName(byte[] body, int number) {
        String text = new String(body, StandardCharsets.UTF_8);
        String name = String.format(Locale.ROOT, "%0" + NAME_CHARS + "d", number);
        int behind = text.indexOf('{') + 1;
        return (text.substring(0, behind) + "\"" + name + "\":0," + text.substring(behind))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static int firstObject(byte[] body) {
        return new String(body, StandardCharsets.UTF_8).indexOf('{');
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
