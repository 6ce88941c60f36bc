package io.millrace.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** All writers of a task meet a new day at the same moment. */
class EnsureDayIT {
    private static final int WRITERS = 4;
    private static final int DAYS = 20;

    @Test
    void aDayIsMadeOnceHoweverManyWantItAtOnce() throws Exception {
        // Given
        TestPostgres postgres = TestPostgres.create();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        CyclicBarrier start = new CyclicBarrier(WRITERS);

        // When
        List<CompletableFuture<Void>> writers = Stream.generate(
                        () -> CompletableFuture.runAsync(() -> ensureDays(postgres, start), threads))
                .limit(WRITERS)
                .toList();
        writers.forEach(CompletableFuture::join);
        threads.shutdown();

        // Then
        assertThat(postgres.value("select count(*) from pg_inherits where inhparent = 'facts'::regclass"))
                .isEqualTo(Integer.toString(DAYS));
    }

    private static void ensureDays(TestPostgres postgres, CyclicBarrier start) {
        try (Connection connection = postgres.connect();
                PreparedStatement ensure =
                        connection.prepareStatement("select ensure_day((now() at time zone 'UTC')::date - ?)")) {
            for (int day = 0; day < DAYS; day++) {
                start.await();
                ensure.setInt(1, day);
                ensure.execute();
            }
        } catch (SQLException e) {
            start.reset();
            throw new IllegalStateException(e);
        } catch (Exception e) {
            throw new IllegalStateException("another writer failed", e);
        }
    }
}
