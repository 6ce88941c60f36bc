package io.millrace.jobs.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.store.LedgerCut;
import io.millrace.jobs.store.LedgerRow;
import io.millrace.jobs.store.ListStore;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.typeutils.base.VoidSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerOperatorTest {
    private static final UUID PROJECT = new UUID(1, 2);
    private static final long MINUTE = 1_795_176_000_000L;

    private final ListStore store = new ListStore();
    private OneInputStreamOperatorTestHarness<Account, Void> harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness();
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void nothingIsWrittenBeforeTheCheckpointIsComplete() throws Exception {
        post(accepted(0, 1, 5));
        harness.snapshot(1, 1);
        assertThat(store.cuts).isEmpty();
        harness.notifyOfCompletedCheckpoint(1);
        assertThat(store.cuts).hasSize(1);
    }

    @Test
    void aCutHoldsExactlyWhatCameBeforeItsBarrier() throws Exception {
        post(accepted(0, 1, 5), accepted(1, 8, 2), Account.outcomes(PROJECT, MINUTE, 0, 3, 1, 4));
        harness.snapshot(1, 1);
        post(accepted(0, 2, 7));
        harness.notifyOfCompletedCheckpoint(1);
        LedgerCut cut = store.cuts.get(0);
        assertThat(cut.nextOffsets()).isEqualTo(Map.of(0, 1L, 1, 8L));
        assertThat(cut.rows().stream().mapToLong(LedgerRow::accepted).sum()).isEqualTo(7);
        assertThat(cut.rows().stream().mapToLong(LedgerRow::duplicate).sum()).isEqualTo(3);
        assertThat(cut.rows().stream().mapToLong(LedgerRow::merged).sum()).isEqualTo(1);
        assertThat(cut.rows().stream().mapToLong(LedgerRow::waiting).sum()).isEqualTo(4);
    }

    @Test
    void whatWaitsNoLongerIsCountedOffWhereverItsMinuteIsKept() throws Exception {
        post(Account.outcomes(PROJECT, MINUTE, 0, 0, 0, 2));
        complete(1);
        OperatorSubtaskState state = harness.snapshot(2, 2);
        harness.close();
        harness = harness();
        harness.initializeState(state);
        harness.open();
        post(Account.outcomes(PROJECT, MINUTE, 0, 0, 0, -1));
        complete(3);
        assertThat(lastCut().rows()).extracting(LedgerRow::waiting).containsExactly(1L);
        harness.processWatermark(MINUTE + 30 * 60_000);
        complete(4);
        post(Account.outcomes(PROJECT, MINUTE, 0, 0, 0, -1));
        complete(5);
        // The row of a later segment takes back what that of the first one has.
        assertThat(lastCut().rows()).extracting(LedgerRow::waiting).containsExactly(-1L);
    }

    /** The minute was let go of long ago: what it has is taken back by a row of its own, and the sum is none. */
    @Test
    void whatIsUnderstoodAfterAllIsNoLongerQuarantinedAndNotAcceptedAgain() throws Exception {
        Account rejected =
                new Account(PROJECT, MINUTE, 0, 1, 3, 0, 0, 0, Map.of(), Map.of(), Map.of("undecodable", 3L));
        post(rejected);
        complete(1);
        assertThat(lastCut().rows()).extracting(LedgerRow::quarantined).containsExactly(Map.of("undecodable", 3L));
        harness.processWatermark(MINUTE + 30 * 60_000);
        complete(2);

        post(Account.recovered(PROJECT, MINUTE, 0, 9, "undecodable", 3));
        complete(3);

        assertThat(lastCut().rows()).extracting(LedgerRow::quarantined).containsExactly(Map.of("undecodable", -3L));
        assertThat(lastCut().rows()).extracting(LedgerRow::accepted).containsExactly(0L);
        assertThat(lastCut().rows().get(0).segment())
                .isNotEqualTo(store.cuts.get(0).rows().get(0).segment());
        assertThat(lastCut().nextOffsets()).containsEntry(0, 9L);
    }

    private LedgerCut lastCut() {
        return store.cuts.get(store.cuts.size() - 1);
    }

    @Test
    void rowsAreAbsoluteAndWrittenOnlyWhenTheyChanged() throws Exception {
        post(accepted(0, 1, 5));
        complete(1);
        complete(2);
        post(accepted(0, 2, 7));
        complete(3);
        assertThat(store.cuts.get(1).rows()).isEmpty();
        assertThat(store.cuts.get(2).rows()).extracting(LedgerRow::accepted).containsExactly(12L);
    }

    @Test
    void aCheckpointThatFailedIsMadeUpForByTheNext() throws Exception {
        post(accepted(0, 1, 5));
        harness.snapshot(1, 1);
        post(accepted(0, 2, 7));
        complete(2);
        assertThat(store.cuts).hasSize(1);
        assertThat(store.cuts.get(0).rows()).extracting(LedgerRow::accepted).containsExactly(12L);
    }

    @Test
    void restoredBooksGoOn() throws Exception {
        post(accepted(0, 1, 5));
        OperatorSubtaskState state = harness.snapshot(1, 1);
        post(accepted(0, 2, 100));
        harness.close();

        harness = harness();
        harness.initializeState(state);
        harness.open();
        post(accepted(0, 2, 7));
        complete(2);
        LedgerCut cut = store.cuts.get(store.cuts.size() - 1);
        assertThat(cut.rows()).extracting(LedgerRow::accepted).containsExactly(12L);
        assertThat(cut.nextOffsets()).containsEntry(0, 2L);
    }

    @Test
    void aMinuteThatComesUpAgainAfterItWasForgottenGetsARowOfItsOwn() throws Exception {
        post(accepted(0, 1, 5));
        complete(1);
        harness.processWatermark(MINUTE + 30 * 60_000);
        complete(2);
        post(accepted(0, 2, 7));
        complete(3);
        assertThat(store.cuts.get(2).rows()).hasSize(1);
        assertThat(store.cuts.get(2).rows().get(0).segment())
                .isNotEqualTo(store.cuts.get(0).rows().get(0).segment());
        assertThat(store.cuts.get(2).rows().get(0).accepted()).isEqualTo(7);
    }

    @Test
    void ticksMoveOffsetsOnly() throws Exception {
        post(Account.tick(3, 42));
        complete(1);
        assertThat(store.cuts.get(0).nextOffsets()).isEqualTo(Map.of(3, 42L));
        assertThat(store.cuts.get(0).rows()).isEmpty();
    }

    private static Account accepted(int partition, long nextOffset, long count) {
        return new Account(PROJECT, MINUTE, partition, nextOffset, count, 0, 0, 0, Map.of(), Map.of(), Map.of());
    }

    private void post(Account... accounts) throws Exception {
        for (Account account : accounts) {
            harness.processElement(new StreamRecord<>(account));
        }
    }

    private void complete(long checkpoint) throws Exception {
        harness.snapshot(checkpoint, checkpoint);
        harness.notifyOfCompletedCheckpoint(checkpoint);
    }

    private OneInputStreamOperatorTestHarness<Account, Void> harness() throws Exception {
        var made = new OneInputStreamOperatorTestHarness<>(new LedgerOperator(store.factory()));
        made.setup(VoidSerializer.INSTANCE);
        return made;
    }
}
