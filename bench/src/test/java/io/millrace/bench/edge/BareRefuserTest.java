package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.bench.edge.Load.Pace;
import io.millrace.bench.edge.LoadTally.Counts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BareRefuserTest {
    private static final Duration LONGEST = Duration.ofSeconds(100);

    @ParameterizedTest
    @EnumSource(Payload.class)
    void everyRequestIsReceivedWholeAndRefused(Payload payload) throws Exception {
        Bodies bodies = Bodies.of(payload, Wire.OTLP_PROTOBUF, 1_795_000_000_000_000_000L);
        BareRefuser refuser = new BareRefuser();
        Thread thread = new Thread(() -> run(refuser));
        thread.start();
        Target target = new Target(URI.create("http://127.0.0.1:" + refuser.port()), "");
        Load load = Load.start(target, bodies, new Pace(50, 500));
        await().atMost(LONGEST).until(() -> load.counts().refused() >= 200);
        load.close();

        Counts counts = load.counts();
        assertThat(counts.isAnswered()).isTrue();
        assertThat(counts.refused()).isEqualTo(counts.sent());
        refuser.close();
        thread.join(LONGEST.toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    private static void run(BareRefuser refuser) {
        try {
            refuser.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
