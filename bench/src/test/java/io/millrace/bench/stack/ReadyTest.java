package io.millrace.bench.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class ReadyTest {
    @Test
    void readsTheAddresses() {
        var ready =
                Ready.parse("ready ingest=http://127.0.0.1:4318 grpc=http://127.0.0.1:4317 api=http://127.0.0.1:8080"
                        + " metrics=http://127.0.0.1:9464/metrics credentials=/tmp/a b/credentials.json");

        assertThat(ready).contains(new Ready(URI.create("http://127.0.0.1:4318"), URI.create("http://127.0.0.1:8080")));
    }

    @Test
    void leavesOtherLinesAlone() {
        assertThat(Ready.parse("postgres is ready ingest=x api=y")).isEmpty();
        assertThat(Ready.parse("ready soon")).isEmpty();
    }
}
