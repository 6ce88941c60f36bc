package io.millrace.query.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeyCacheTest {
    private static final byte[] HASH = {1, 2, 3};
    private static final Principal HOLDER =
            new Principal(UUID.randomUUID(), UUID.randomUUID(), "pk", Set.of(Scope.READ));

    private long now;
    private int asked;
    private Optional<Principal> stored = Optional.of(HOLDER);
    private final KeyCache cache = new KeyCache(
            hash -> {
                asked++;
                return Future.succeededFuture(stored);
            },
            () -> now);

    @Test
    void asksOnceForManyRequests() {
        cache.byHash(HASH);
        now += Duration.ofMillis(499).toNanos();
        var found = cache.byHash(HASH.clone());

        assertThat(found.result()).contains(HOLDER);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void forgetsAfterHalfASecondSoThatADeletedKeyStops() {
        cache.byHash(HASH);
        stored = Optional.empty();
        now += Duration.ofMillis(500).toNanos();

        var found = cache.byHash(HASH);

        assertThat(found.result()).isEmpty();
    }

    @Test
    void doesNotRememberWhatIsNotThereSoThatANewKeyWorksAtOnce() {
        stored = Optional.empty();
        cache.byHash(HASH);
        stored = Optional.of(HOLDER);

        var found = cache.byHash(HASH);

        assertThat(found.result()).contains(HOLDER);
    }

    @Test
    void doesNotRememberFailures() {
        var failing = new boolean[] {true};
        var flaky = new KeyCache(
                hash -> failing[0] ? Future.failedFuture("away") : Future.succeededFuture(Optional.of(HOLDER)),
                () -> now);
        flaky.byHash(HASH);
        failing[0] = false;

        var found = flaky.byHash(HASH);

        assertThat(found.result()).contains(HOLDER);
    }
}
