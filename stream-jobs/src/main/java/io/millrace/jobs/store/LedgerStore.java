package io.millrace.jobs.store;

/** Keeps the ledger's counts and up to where the log is accounted for. */
public interface LedgerStore {
    /**
     * Writes the rows and the progress of their partitions in one transaction; waits out a database that is away.
     *
     * @return false when a newer epoch, or a later cut of this one, is there already: then nothing is written
     * @throws StoreException when the database refuses for a reason that trying again will not mend
     */
    boolean save(LedgerCut cut) throws InterruptedException;
}
