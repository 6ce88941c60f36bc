package io.millrace.ingest.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.millrace.embedded.DataFolder;
import io.millrace.embedded.Redis;
import io.millrace.embedded.RedisConfig;
import io.millrace.ingest.PausableProxy;
import io.millrace.ingest.limit.Allowance;
import io.millrace.ingest.limit.Bucket;
import io.millrace.ingest.limit.Charge;
import io.millrace.ingest.limit.Limit;
import io.millrace.ingest.limit.LimitName;
import io.millrace.ingest.limit.LocalBuckets;
import io.millrace.ingest.limit.Rates;
import io.millrace.ingest.limit.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Edges on a real Redis, in a time that the test makes. */
class RedisLimiterIT {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    /** So long that only an error, and never a busy machine, is taken for Redis being away. */
    private static final Duration PATIENT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicLong now = new AtomicLong(1_795_000_000_123_456_789L);
    private final List<RedisLimiter> edges = new ArrayList<>();
    private DataFolder data;
    private RedisConfig config;
    private Redis redis;

    @BeforeEach
    void start() {
        data = DataFolder.open(folder);
        config = RedisConfig.in(data);
        redis = new Redis(config);
        redis.start();
    }

    @AfterEach
    void stop() {
        edges.forEach(edge -> await(edge.close()));
        redis.close();
        await(vertx.close());
        data.close();
    }

    private RedisLimiter edge() {
        return edge(redis.uri().toString(), () -> OptionalLong.of(now.get()), PATIENT);
    }

    /** By the clock of Redis. */
    private RedisLimiter edge(Duration patience) {
        return edge(redis.uri().toString(), OptionalLong::empty, patience);
    }

    private RedisLimiter edge(String url, Supplier<OptionalLong> clock, Duration patience) {
        RedisLimiter edge = new RedisLimiter(vertx, url, new LocalBuckets(now::get), clock, patience);
        edges.add(edge);
        awaitFound(edge);
        return edge;
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(100, TimeUnit.SECONDS)
                .join();
    }

    private static Verdict take(RedisLimiter edge, List<Charge> charges) {
        return edge.take(charges)
                .toCompletableFuture()
                .orTimeout(100, TimeUnit.SECONDS)
                .join();
    }

    private static List<Bucket> spans(long perSecond, long burst) {
        Rates rates = new Rates(new Limit(perSecond, burst), null);
        return Allowance.of(UUID.randomUUID(), rates, null, Rates.NONE).spans();
    }

    /** To the nanosecond, in every answer: the script and the class are the same function. */
    @Test
    void theScriptDecidesAsTheClassDoes() {
        Random random = new Random(7);
        RedisLimiter edge = edge();
        LocalBuckets reference = new LocalBuckets(now::get);
        int taken = 0;
        int refused = 0;
        for (int round = 0; round < 40; round++) {
            UUID project = new UUID(round, 1);
            Allowance allowance = Allowance.of(project, rates(random), new UUID(round, 2), rates(random));
            for (int i = 0; i < 100; i++) {
                now.addAndGet((long) (Math.pow(random.nextDouble(), 6) * 30 * SECOND));
                List<Charge> charges = new ArrayList<>();
                charges.addAll(Allowance.charges(allowance.spans(), units(random)));
                charges.addAll(Allowance.charges(allowance.bytes(), units(random)));

                Verdict expected = reference.take(charges, 1);
                assertThat(take(edge, charges)).as(charges.toString()).isEqualTo(expected);
                if (expected.isTaken()) {
                    taken++;
                } else {
                    refused++;
                }
            }
        }
        assertThat(edge.isLocal()).isFalse();
        assertThat(taken).isGreaterThan(400);
        assertThat(refused).isGreaterThan(400);
    }

    private static Rates rates(Random random) {
        return new Rates(limit(random), limit(random));
    }

    private static Limit limit(Random random) {
        long rate = 1 + (long) Math.pow(10, random.nextDouble() * 7);
        return new Limit(rate, 1 + (long) (random.nextDouble() * 20 * rate));
    }

    private static long units(Random random) {
        return 1 + (long) Math.pow(10, random.nextDouble() * 5);
    }

    /**
     * Requests of random sizes at random moments, of one edge or the other, three times as much as may come. What is taken in
     * the long run is the rate, and what one exact token bucket for both edges takes, a request's bytes before its spans.
     */
    @ParameterizedTest
    @CsvSource({"1000, 100000000", "1000000, 150000"})
    @SuppressWarnings("SystemOut")
    void twoEdgesTogetherTakeNoMoreAndNoLessThanTheLimit(long spansPerSecond, long bytesPerSecond) {
        List<RedisLimiter> both = List.of(edge(), edge());
        Rates rates =
                new Rates(new Limit(spansPerSecond, 2 * spansPerSecond), new Limit(bytesPerSecond, 2 * bytesPerSecond));
        Allowance allowance = Allowance.of(UUID.randomUUID(), rates, null, Rates.NONE);
        TokenBucket spanTokens = new TokenBucket(spansPerSecond, 2 * spansPerSecond, now.get());
        TokenBucket byteTokens = new TokenBucket(bytesPerSecond, 2 * bytesPerSecond, now.get());
        Random random = new Random(29);
        long begin = now.get();
        long spans = 0;
        long bytes = 0;
        long expectedSpans = 0;
        long expectedBytes = 0;
        while (now.get() - begin < 30 * SECOND) {
            // 3 requests of 100 spans and 15 kB in 100 ms
            now.addAndGet((long) (-Math.log(1 - random.nextDouble()) * 100 * MILLI / 3));
            RedisLimiter edge = both.get(random.nextInt(2));
            long spansHere = 1 + random.nextInt(199);
            long bytesHere = spansHere * (100 + random.nextInt(100));
            if (take(edge, Allowance.charges(allowance.bytes(), bytesHere)).isTaken()) {
                bytes += bytesHere;
                spans += take(edge, Allowance.charges(allowance.spans(), spansHere))
                                .isTaken()
                        ? spansHere
                        : 0;
            }
            if (byteTokens.take(bytesHere, now.get())) {
                expectedBytes += bytesHere;
                expectedSpans += spanTokens.take(spansHere, now.get()) ? spansHere : 0;
            }
        }

        double seconds = (double) (now.get() - begin) / SECOND + 2;
        assertThat(spans).isCloseTo(expectedSpans, withinPercentage(2));
        assertThat(bytes).isCloseTo(expectedBytes, withinPercentage(2));
        double share = Math.max(spans / (spansPerSecond * seconds), bytes / (bytesPerSecond * seconds));
        System.out.printf(
                "two edges took %,d spans and %,d bytes in %.0f s: %.4f of their limit; one exact bucket %,d and %,d%n",
                spans, bytes, seconds - 2, share, expectedSpans, expectedBytes);
        assertThat(share).isCloseTo(1, within(0.02));
        assertThat(both).noneMatch(RedisLimiter::isLocal);
    }

    /** Far below the limit nearly nobody asks Redis, and at the limit two edges take what there is all the same. */
    @Test
    void whatIsTakenAheadSparesAskingAndCountsOnce() {
        RedisLimiter one = edge();
        RedisLimiter two = edge();
        List<Bucket> limit = spans(1_000_000, 1_000_000);
        io.vertx.redis.client.Redis asking =
                io.vertx.redis.client.Redis.createClient(vertx, redis.uri().toString());
        long before = scripts(asking);

        for (int i = 0; i < 10_000; i++) {
            now.addAndGet(MILLI);
            assertThat(take(one, Allowance.charges(limit, 10)).isTaken()).isTrue();
        }
        // A lease is ten thousand: 100,000 spans are ten leases, and the first request of each.
        assertThat(scripts(asking) - before).isBetween(9L, 12L);

        List<Bucket> scarce = spans(2_000, 2_000);
        long burst = 0;
        for (boolean more = true; more; ) {
            more = false;
            for (RedisLimiter edge : List.of(one, two)) {
                boolean taken = take(edge, Allowance.charges(scarce, 10)).isTaken();
                burst += taken ? 10 : 0;
                more |= taken;
            }
        }
        assertThat(burst).isBetween(1_960L, 2_000L);
        assertThat(takenIn(20, scarce, one, two)).isCloseTo(40_000L, withinPercentage(1));
        assertThat(one.isLocal() || two.isLocal()).isFalse();
    }

    /** How many scripts Redis has run by their hash. */
    private long scripts(io.vertx.redis.client.Redis asking) {
        Matcher calls = Pattern.compile("cmdstat_evalsha:calls=(\\d+)")
                .matcher(await(asking.send(Request.cmd(Command.INFO).arg("commandstats")))
                        .toString());
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    /** Tokens in nanoseconds times the rate, so that nothing is ever rounded. */
    private static final class TokenBucket {
        private final BigInteger rate;
        private final BigInteger full;
        private BigInteger tokens;
        private long then;

        TokenBucket(long rate, long burst, long now) {
            this.rate = BigInteger.valueOf(rate);
            this.full = BigInteger.valueOf(burst).multiply(BigInteger.valueOf(SECOND));
            this.tokens = full;
            this.then = now;
        }

        boolean take(long units, long now) {
            tokens = tokens.add(rate.multiply(BigInteger.valueOf(now - then))).min(full);
            then = now;
            BigInteger wanted = BigInteger.valueOf(units).multiply(BigInteger.valueOf(SECOND));
            if (tokens.compareTo(wanted) < 0) {
                return false;
            }
            tokens = tokens.subtract(wanted);
            return true;
        }
    }

    @Test
    void eachEdgeTakesItsShareWhileRedisIsAwayAndAllOfItTogetherAfterwards() {
        RedisLimiter one = edge();
        RedisLimiter two = edge();
        awaitFound(one);
        assertThat(one.edges()).isEqualTo(2);
        assertThat(two.edges()).isEqualTo(2);
        List<Bucket> limit = spans(1_000, 500);
        drain(limit, one, two);
        assertThat(takenIn(5, limit, one, two)).isCloseTo(5_000L, within(100L));

        redis.close();
        drain(limit, one, two);
        assertThat(one.isLocal() && two.isLocal()).isTrue();
        assertThat(takenIn(10, limit, one, two)).isCloseTo(10_000L, within(200L));
        await(one.probe());
        assertThat(one.isLocal()).isTrue();

        redis = new Redis(config);
        redis.start();
        awaitFound(one);
        awaitFound(two);
        drain(limit, one, two);
        assertThat(takenIn(10, limit, one, two)).isCloseTo(10_000L, within(200L));
        assertThat(one.isLocal() || two.isLocal()).isFalse();
    }

    /** Takes what may come at once, in no time. */
    private void drain(List<Bucket> limit, RedisLimiter... senders) {
        for (RedisLimiter sender : senders) {
            long taken = 0;
            while (take(sender, Allowance.charges(limit, 10)).isTaken()) {
                taken += 10;
                assertThat(taken).isLessThanOrEqualTo(limit.get(0).limit().burst());
            }
        }
    }

    /** What is taken in so many seconds when each edge is offered twice the limit. */
    private long takenIn(int seconds, List<Bucket> limit, RedisLimiter... senders) {
        long taken = 0;
        for (int step = 0; step < seconds * 200; step++) {
            now.addAndGet(5 * MILLI);
            for (RedisLimiter sender : senders) {
                if (take(sender, Allowance.charges(limit, 10)).isTaken()) {
                    taken += 10;
                }
            }
        }
        return taken;
    }

    @Test
    void startsAloneWhenThereIsNoRedis() {
        redis.close();
        RedisLimiter edge = new RedisLimiter(vertx, redis.uri().toString(), new LocalBuckets(now::get));
        edges.add(edge);
        await(edge.probe());

        assertThat(edge.isLocal()).isTrue();
        List<Bucket> limit = spans(1, 1);
        assertThat(take(edge, Allowance.charges(limit, 1)).isTaken()).isTrue();
        assertThat(take(edge, Allowance.charges(limit, 1)).reached()).isEqualTo(LimitName.PROJECT_SPANS);
    }

    @Test
    void countsByTheClockOfRedis() {
        RedisLimiter edge = edge(PATIENT);
        List<Bucket> limit = spans(1, 1_000);

        assertThat(take(edge, Allowance.charges(limit, 50_000)).isTaken()).isTrue();
        Verdict verdict = take(edge, Allowance.charges(limit, 1_000));

        assertThat(edge.isLocal()).isFalse();
        assertThat(verdict.waitNanos()).isBetween(49_000 * SECOND, 50_000 * SECOND);
    }

    /** What waits for Redis is answered by the edge's own count. */
    @Test
    void aRedisThatHangsKeepsNobodyWaiting() throws Exception {
        RedisLimiter edge = edge(Duration.ofMillis(100));
        List<Bucket> limit = spans(1, 1);
        signal("STOP");
        try {
            assertThat(take(edge, Allowance.charges(limit, 1)).isTaken()).isTrue();
            assertThat(take(edge, Allowance.charges(limit, 1)).reached()).isEqualTo(LimitName.PROJECT_SPANS);
            await(edge.probe());
            assertThat(edge.isLocal()).isTrue();
        } finally {
            signal("CONT");
        }
        awaitFound(edge);
    }

    @Test
    void aRedisThatIsKilledIsFoundAgainAndEveryRequestIsAnsweredMeanwhile() throws Exception {
        RedisLimiter edge = edge(PATIENT);
        long first = redis.pid();
        signal("KILL");

        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> {
            assertThat(take(edge, Allowance.charges(spans(1, 1), 1)).isTaken()).isTrue();
            await(edge.probe());
            return redis.pid() != first && !edge.isLocal();
        });
        List<Bucket> limit = spans(1, 1);
        assertThat(take(edge, Allowance.charges(limit, 1)).isTaken()).isTrue();
        assertThat(take(edge, Allowance.charges(limit, 1)).isTaken()).isFalse();
    }

    /** As when a firewall forgets them: nobody says that they are over. */
    @Test
    void connectionsThatHangAreGivenUp() throws Exception {
        try (PausableProxy proxy = new PausableProxy(0, new InetSocketAddress("127.0.0.1", config.port()))) {
            String url = "redis://:" + config.password() + "@127.0.0.1:" + proxy.port();
            RedisLimiter edge = edge(url, OptionalLong::empty, PATIENT);
            await(Future.all(Stream.generate(edge::probe).limit(20).toList()));
            awaitFound(edge);
            proxy.hang();

            await(edge.probe());
            assertThat(edge.isLocal()).isTrue();
            awaitFound(edge);
        }
    }

    @Test
    void aRedisThatIsSlowerThanRequestsWaitStaysAway() {
        RedisLimiter other = edge();
        RedisLimiter edge = new RedisLimiter(
                vertx, redis.uri().toString(), new LocalBuckets(now::get), OptionalLong::empty, Duration.ofNanos(1));
        edges.add(edge);
        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> {
            await(edge.probe());
            return edge.edges() == 2;
        });

        assertThat(other.isLocal()).isFalse();
        assertThat(edge.isLocal()).isTrue();
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + redis.pid())
                .start()
                .waitFor();
    }

    private static void awaitFound(RedisLimiter edge) {
        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> {
            await(edge.probe());
            return !edge.isLocal();
        });
    }
}
