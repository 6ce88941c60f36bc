package io.millrace.ingest.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.Trials;
import io.millrace.ingest.share.FairShare.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class FairShareTest {
    private static final UUID FLOOD = new UUID(0, 1);
    private static final UUID QUIET = new UUID(0, 2);

    /** What somebody holds, as a list of grants that are given back one by one. */
    private record Grant(UUID project, long bytes) {}

    /** The wishes of several projects at random, and what is given back, with every sum computed anew each time. */
    private static final class Ledger {
        private final long budget;
        private final FairShare share;
        private final List<Grant> grants = new ArrayList<>();

        Ledger(long budget) {
            this.budget = budget;
            this.share = new FairShare(budget);
        }

        long usable() {
            return budget - budget / 16;
        }

        Map<UUID, Long> holdings() {
            Map<UUID, Long> holdings = new TreeMap<>();
            grants.forEach(grant -> holdings.merge(grant.project(), grant.bytes(), Long::sum));
            return holdings;
        }

        long total() {
            return grants.stream().mapToLong(Grant::bytes).sum();
        }

        long of(UUID project) {
            return holdings().getOrDefault(project, 0L);
        }

        /** What is sure: an equal part of what may be used, for each that holds something and for the one that asks. */
        long equalShare(UUID asking) {
            Map<UUID, Long> holdings = holdings();
            holdings.putIfAbsent(asking, 0L);
            return usable() / holdings.size();
        }

        /** By max-min fairness, were the others to want what they hold and the one that asks without end. */
        double maxMin(UUID asking) {
            Map<UUID, Long> holdings = holdings();
            holdings.remove(asking);
            double[] wishes = new double[holdings.size() + 1];
            int i = 0;
            for (long held : holdings.values()) {
                wishes[i++] = held;
            }
            wishes[i] = Double.POSITIVE_INFINITY;
            return maxMinOf(usable(), wishes)[i];
        }

        Verdict ask(UUID project, long bytes) {
            Verdict verdict = share.reserve(project, bytes);
            if (verdict == Verdict.GRANTED) {
                grants.add(new Grant(project, bytes));
            }
            return verdict;
        }

        void giveBack(int index) {
            Grant grant = grants.remove(index);
            share.release(grant.project(), grant.bytes());
        }
    }

    /** Progressive filling: all rise together, and who has what it wants stops. */
    private static double[] maxMinOf(double capacity, double[] wishes) {
        double[] allotted = new double[wishes.length];
        double[] ascending = wishes.clone();
        Arrays.sort(ascending);
        double left = capacity;
        double level = Double.POSITIVE_INFINITY;
        for (int i = 0; i < ascending.length; i++) {
            double equal = left / (ascending.length - i);
            if (ascending[i] > equal) {
                level = equal;
                break;
            }
            left -= ascending[i];
        }
        for (int i = 0; i < wishes.length; i++) {
            allotted[i] = Math.min(wishes[i], level);
        }
        return allotted;
    }

    private interface Check {
        void after(Ledger ledger, UUID project, long bytes, Verdict verdict, long totalBefore, long heldBefore);
    }

    private static void anyHistory(Check check) {
        Trials.run(300, random -> {
            Ledger ledger = new Ledger(Trials.between(random, 100, 1_000_000));
            int projects = 1 + random.nextInt(12);
            long largest = Math.max(1, ledger.budget / (1 + random.nextInt(100)));
            for (int step = 0; step < 300; step++) {
                if (!ledger.grants.isEmpty() && random.nextInt(5) == 0) {
                    ledger.giveBack(random.nextInt(ledger.grants.size()));
                    continue;
                }
                UUID project = new UUID(7, random.nextInt(projects));
                long bytes = Trials.between(random, 1, largest);
                long total = ledger.total();
                long held = ledger.of(project);
                check.after(ledger, project, bytes, ledger.ask(project, bytes), total, held);
            }
        });
    }

    @Test
    void neverIsMoreHeldThanThereIs() {
        anyHistory((ledger, project, bytes, verdict, total, held) -> {
            assertThat(ledger.total()).isLessThanOrEqualTo(ledger.budget);
            assertThat(ledger.share.held()).isEqualTo(ledger.total());
        });
    }

    @Test
    void whoStaysBelowItsShareIsRefusedOnlyWhenNothingIsFree() {
        anyHistory((ledger, project, bytes, verdict, total, held) -> {
            if (verdict != Verdict.GRANTED && held + bytes <= ledger.equalShare(project)) {
                assertThat(total + bytes).isGreaterThan(ledger.budget);
                assertThat(verdict).isEqualTo(Verdict.FULL);
            }
        });
    }

    @Test
    void nobodyIsLiftedAboveWhatMaxMinFairnessGivesIt() {
        anyHistory((ledger, project, bytes, verdict, total, held) -> {
            if (verdict == Verdict.GRANTED) {
                assertThat((double) (held + bytes)).isLessThanOrEqualTo(ledger.maxMin(project) + 1);
            }
        });
    }

    /** Of what the others leave, eight parts in nine are there for whoever wants them. */
    @Test
    void whatIsFreeIsGranted() {
        anyHistory((ledger, project, bytes, verdict, total, held) -> {
            if (verdict == Verdict.OVER_SHARE) {
                double left = ledger.usable() - (total - held);
                assertThat((double) (held + bytes)).isGreaterThan(left * 8 / 9 - 1);
                assertThat(total).isGreaterThan(held);
            }
        });
    }

    @Test
    void oneThatIsAloneMayHoldAllButTheReserve() {
        Trials.run(300, random -> {
            Ledger ledger = new Ledger(Trials.between(random, 100, 1_000_000));
            long bytes = Trials.between(random, 1, ledger.budget / 10);
            Verdict verdict = Verdict.GRANTED;
            while (verdict == Verdict.GRANTED) {
                verdict = ledger.ask(FLOOD, bytes);
            }
            assertThat(verdict).isEqualTo(Verdict.FULL);
            assertThat(ledger.total()).isLessThanOrEqualTo(FairShare.ofOne(ledger.budget));
            assertThat(ledger.total() + bytes).isGreaterThan(FairShare.ofOne(ledger.budget));
        });
    }

    /** What was held before cannot be taken back, but beside one flood there is always this much. */
    @Test
    void besideAFloodNobodyIsRefusedWhoWantsNoMoreThanTheReserve() {
        Trials.run(300, random -> {
            Ledger ledger = new Ledger(Trials.between(random, 1_000, 1_000_000));
            long reserve = ledger.budget - ledger.usable();
            int others = 1 + random.nextInt(6);
            long largest = Math.max(1, ledger.budget / (1 + random.nextInt(50)));
            for (int step = 0; step < 300; step++) {
                if (!ledger.grants.isEmpty() && random.nextInt(5) == 0) {
                    ledger.giveBack(random.nextInt(ledger.grants.size()));
                    continue;
                }
                ledger.ask(FLOOD, Trials.between(random, 1, largest));
                long left = reserve - (ledger.total() - ledger.of(FLOOD));
                if (left > 0) {
                    UUID other = new UUID(8, random.nextInt(others));
                    assertThat(ledger.ask(other, Trials.between(random, 1, left)))
                            .isEqualTo(Verdict.GRANTED);
                }
            }
        });
    }

    @Test
    void aNewcomerIsServedThoughAnotherHoldsAllItMay() {
        Ledger ledger = new Ledger(1_600);
        assertThat(ledger.ask(FLOOD, 1_500)).isEqualTo(Verdict.GRANTED);
        assertThat(ledger.ask(FLOOD, 1)).isEqualTo(Verdict.FULL);

        assertThat(ledger.ask(QUIET, 60)).isEqualTo(Verdict.GRANTED);
        assertThat(ledger.ask(FLOOD, 1)).isEqualTo(Verdict.OVER_SHARE);
        assertThat(ledger.ask(QUIET, 40)).isEqualTo(Verdict.GRANTED);
        assertThat(ledger.ask(QUIET, 1)).isEqualTo(Verdict.FULL);

        ledger.giveBack(0);
        assertThat(ledger.ask(QUIET, 700)).isEqualTo(Verdict.GRANTED);
    }

    /** As the log: what is granted waits in one line, which moves at a pace of its own. */
    @Test
    void underOverloadEachIsServedAsMaxMinFairnessWantsIt() {
        Trials.run(12, random -> {
            int projects = 2 + random.nextInt(7);
            double[] wishes = new double[projects];
            double sum = 0;
            for (int i = 0; i < projects; i++) {
                wishes[i] = Trials.oneOf(random, 1, 3, 10, 50, 200);
                sum += wishes[i];
            }
            for (int i = 0; i < projects; i++) {
                wishes[i] *= 1_000 / sum;
            }
            double served = 150 + random.nextInt(500);

            double[] got = served(new FairShare(1_000_000), wishes, served, random);

            double[] fair = maxMinOf(served, wishes);
            double most = Arrays.stream(fair).max().orElseThrow();
            for (int i = 0; i < projects; i++) {
                assertThat(got[i])
                        .as("of %s, wishes %s", i, Arrays.toString(wishes))
                        .isGreaterThan(fair[i] * 0.75);
                if (wishes[i] < most / 10) {
                    assertThat(got[i]).isGreaterThan(wishes[i] * 0.95);
                }
            }
        });
    }

    /** How many bytes a step each gets through, of a thousand that are wished for and so many that are served. */
    private static double[] served(FairShare share, double[] wishes, double perStep, Random random) {
        int steps = 60_000;
        double[] granted = new double[wishes.length];
        double[] asked = new double[wishes.length];
        Deque<Grant> line = new ArrayDeque<>();
        double credit = 0;
        for (int step = 0; step < steps; step++) {
            int asking = pick(wishes, random);
            long bytes = 1 + random.nextInt(1_999);
            asked[asking] += bytes;
            if (share.reserve(new UUID(9, asking), bytes) == Verdict.GRANTED) {
                granted[asking] += bytes;
                line.add(new Grant(new UUID(9, asking), bytes));
            }
            credit = line.isEmpty() ? 0 : credit + perStep;
            while (!line.isEmpty() && credit >= line.peek().bytes()) {
                Grant done = line.remove();
                credit -= done.bytes();
                share.release(done.project(), done.bytes());
            }
        }
        for (int i = 0; i < granted.length; i++) {
            // What was drawn differs a little from what was wished for.
            granted[i] = granted[i] / asked[i] * wishes[i];
        }
        return granted;
    }

    private static int pick(double[] weights, Random random) {
        double at = random.nextDouble() * Arrays.stream(weights).sum();
        for (int i = 0; i < weights.length - 1; i++) {
            at -= weights[i];
            if (at < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }

    @Test
    void whatCannotBeRefusedCountsForWhoTakesItAndForNobodyElse() {
        FairShare share = new FairShare(1_600);
        share.take(FLOOD, 2_000);
        assertThat(share.held()).isEqualTo(2_000);
        assertThat(share.reserve(FLOOD, 1)).isEqualTo(Verdict.FULL);

        assertThat(share.reserve(QUIET, 750)).isEqualTo(Verdict.GRANTED);
        assertThat(share.reserve(QUIET, 1)).isEqualTo(Verdict.OVER_SHARE);
        assertThat(share.reserve(FLOOD, 1)).isEqualTo(Verdict.OVER_SHARE);

        share.putBack(FLOOD, 2_000);
        assertThat(share.held()).isEqualTo(750);
        assertThat(share.reserve(FLOOD, 700)).isEqualTo(Verdict.GRANTED);
    }

    @Test
    void aProjectIsForgottenWhenItHoldsNothing() {
        FairShare share = new FairShare(1_600);
        for (int i = 0; i < 10_000; i++) {
            UUID project = new UUID(3, i);
            assertThat(share.reserve(project, 0)).isEqualTo(Verdict.GRANTED);
            assertThat(share.reserve(project, 5)).isEqualTo(Verdict.GRANTED);
            share.release(project, 2);
            share.release(project, 3);
            share.release(project, 0);
        }
        assertThat(share.projects()).isZero();
        assertThat(share.held()).isZero();
    }

    @Test
    void threadsDoNotLoseAByte() throws Exception {
        FairShare share = new FairShare(10_000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Boolean>> done = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Random random = new Random(thread);
            UUID own = new UUID(5, thread % 2);
            done.add(threads.submit(() -> {
                boolean within = true;
                for (int i = 0; i < 50_000; i++) {
                    long bytes = 1 + random.nextInt(4_000);
                    if (share.reserve(own, bytes) == Verdict.GRANTED) {
                        within &= share.held() <= 10_000;
                        share.release(own, bytes);
                    }
                }
                return within;
            }));
        }
        for (Future<Boolean> within : done) {
            assertThat(within.get()).isTrue();
        }
        threads.shutdown();
        assertThat(share.held()).isZero();
        assertThat(share.projects()).isZero();
    }
}
