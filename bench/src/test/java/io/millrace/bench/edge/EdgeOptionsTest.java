package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.UsageException;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EdgeOptionsTest {
    @Test
    void overloadAloneCanBeMeasured() {
        EdgeOptions options = read("--seconds", "0", "--overload-seconds", "10s");

        assertThat(options.seconds()).isZero();
        assertThat(options.overload()).hasSeconds(10);
    }

    @Test
    void nothingAtAllIsNotMeasured() {
        assertThatThrownBy(() -> read("--seconds", "0", "--overload-seconds", "0"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("nothing to measure");
    }

    @Test
    void repeatsAreAtLeastOne() {
        assertThatThrownBy(() -> read("--repeats", "0"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--repeats");
    }

    @Test
    void overloadIsMeasuredAsAskedFor() {
        assertThat(read().overloadLines()).containsExactly(Line.PROTOBUF);
        assertThat(read("--overload-packing", "gzip").overloadLines()).containsExactly(Line.GZIP);
        assertThat(read("--overload-packing", "both").overloadLines()).containsExactly(Line.PROTOBUF, Line.GZIP);
        assertThatThrownBy(() -> read("--overload-packing", "brotli"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("identity, gzip or both");
    }

    private static EdgeOptions read(String... words) {
        return EdgeOptions.of(Arguments.parse(words, EdgeOptions.NAMES, Set.of()));
    }
}
