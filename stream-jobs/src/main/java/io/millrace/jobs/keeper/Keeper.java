package io.millrace.jobs.keeper;

import io.millrace.blob.BlobStore;
import io.millrace.jobs.store.Database;
import io.millrace.jobs.store.WindowTable;
import io.millrace.schema.window.Grain;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps the windows in the store right: coarser ones follow their children, and those that the stream has let go of
 * follow the facts; and keeps no more than it should: days to come are made, what is past its retention goes. One keeper works at a time; any number may be there. One thread works; any thread may close, and read
 * the counters.
 */
public final class Keeper implements AutoCloseable {
    private final Tenure tenure;
    private final Roller roller;
    private final Recompute recompute;
    private final Retention retention;
    private final LongAdder rolled = new LongAdder();
    private final LongAdder recomputed = new LongAdder();
    private volatile boolean leading;

    /**
     * @param database as the role {@code millrace_keeper}
     * @param clock decides how long rows are kept, and how often a window is computed
     */
    public Keeper(Database database, Clock clock) {
        this(database, clock, Optional.empty());
    }

    /**
     * @param database as the role {@code millrace_keeper}
     * @param clock decides how long rows are kept, and how often a window is computed
     * @param blobs where large payloads and files are kept as long as the spans that refer to them; the caller closes it
     */
    public Keeper(Database database, Clock clock, Optional<BlobStore> blobs) {
        WindowTable table = new WindowTable(Grain.values());
        this.tenure = new Tenure(database, connection -> {
            table.setUp(connection);
            return true;
        });
        this.recompute = new Recompute(tenure, table, clock);
        this.roller = new Roller(tenure, table, clock);
        this.retention = new Retention(tenure, clock, blobs);
    }

    /**
     * Does a round of what is due; waits out a database that is away.
     *
     * @return how many marks were answered; 0 also when another keeper is at work
     * @throws io.millrace.jobs.store.StoreException when the database refuses for a reason that trying again will not
     *     mend
     */
    public int runOnce() throws InterruptedException {
        try {
            int fromFacts = recompute.run();
            leading = true;
            recomputed.add(fromFacts);
            int fromChildren = roller.run();
            rolled.add(fromChildren);
            retention.step();
            return fromFacts + fromChildren;
        } catch (NotLeading e) {
            leading = false;
            return 0;
        }
    }

    /** Whether this is the keeper that works. */
    public boolean isLeading() {
        return leading;
    }

    /** Windows of coarser grains computed since the start, each cube's counted. */
    public long rolled() {
        return rolled.sum();
    }

    /** Marks of late spans answered since the start. */
    public long recomputed() {
        return recomputed.sum();
    }

    /** Partitions of days dropped since the start. */
    public long dropped() {
        return retention.dropped();
    }

    /** Rows deleted since the start that were past their retention, those of dropped partitions not counted. */
    public long deleted() {
        return retention.deleted();
    }

    /** Blobs deleted since the start that were past their retention. */
    public long deletedBlobs() {
        return retention.deletedBlobs();
    }

    @Override
    public void close() {
        tenure.close();
    }
}
