package io.millrace.jobs.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows in batches on a thread of its own: while one batch is on its way the next one fills. A batch goes when it
 * has {@value #BATCH_ROWS} rows, when it is {@value #MAX_AGE_MILLIS} ms old, or when its owner hurries or flushes. What comes
 * while the database is slow makes the next batch larger, and dearer by less than it has more rows; {@link #write} blocks only
 * when that is full too.
 */
final class PgRowWriter<T> implements RowWriter<T> {
    static final int BATCH_ROWS = 1_000;
    static final int MAX_ROWS = 20_000;
    static final int MAX_BYTES = 16 << 20;
    static final long MAX_AGE_MILLIS = 200;

    private final Table<T> table;
    private final Database database;
    private final Session session;
    private final Days days;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition workToDo = lock.newCondition();
    private final Condition workDone = lock.newCondition();
    private Map<Object, T> filling = new LinkedHashMap<>();
    private long fillingBytes;
    private long fillingSince;
    private boolean underWay;
    private boolean flushing;
    private boolean closed;
    private @Nullable StoreException failure;

    PgRowWriter(Database database, Table<T> table) {
        this.table = table;
        this.database = database;
        this.session = new Session(database, table.name(), connection -> {
            table.setUp(connection);
            return true;
        });
        this.days = new Days(session);
        this.thread = new Thread(this::run, "write-" + table.name());
        this.thread.setDaemon(true);
        this.thread.start();
    }

    @Override
    public void write(T row) throws InterruptedException {
        Object key = table.key(row);
        int bytes = table.bytes(row);
        lock.lockInterruptibly();
        try {
            while (isFull() && !isBroken()) {
                workDone.await();
            }
            failIfBroken();
            if (filling.isEmpty()) {
                fillingSince = System.nanoTime();
                workToDo.signal();
            }
            filling.merge(key, row, table::newer);
            fillingBytes += bytes;
            if (isDue()) {
                workToDo.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void hurry() {
        lock.lock();
        try {
            if (!filling.isEmpty()) {
                flushing = true;
                workToDo.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while ((underWay || !filling.isEmpty()) && !isBroken()) {
                flushing = true;
                workToDo.signal();
                workDone.await();
            }
            failIfBroken();
        } finally {
            flushing = false;
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            workToDo.signalAll();
            workDone.signalAll();
        } finally {
            lock.unlock();
        }
        session.close();
        thread.interrupt();
    }

    private boolean isDue() {
        return filling.size() >= BATCH_ROWS || isFull();
    }

    private boolean isFull() {
        return filling.size() >= MAX_ROWS || fillingBytes >= MAX_BYTES;
    }

    private boolean isBroken() {
        return closed || failure != null;
    }

    private void failIfBroken() {
        StoreException cause = failure;
        if (cause != null) {
            throw new StoreException(String.valueOf(cause.getMessage()), cause);
        }
        if (closed) {
            throw new StoreException("the writer of " + table.name() + " is closed", null);
        }
    }

    private void run() {
        try {
            while (true) {
                commit(nextBatch());
                batchIsDone(null);
            }
        } catch (InterruptedException e) {
            batchIsDone(new StoreException("the writer of " + table.name() + " was stopped", e));
        } catch (StoreException e) {
            batchIsDone(e);
        } catch (RuntimeException | Error e) {
            batchIsDone(new StoreException("the writer of " + table.name() + " failed", e));
        } finally {
            session.close();
        }
    }

    private List<T> nextBatch() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (closed) {
                    throw new InterruptedException("closed");
                }
                long age = System.nanoTime() - fillingSince;
                long rest = TimeUnit.MILLISECONDS.toNanos(MAX_AGE_MILLIS) - age;
                if (filling.isEmpty()) {
                    workToDo.await();
                } else if (isDue() || flushing || rest <= 0) {
                    return take();
                } else {
                    workToDo.awaitNanos(rest);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private List<T> take() {
        List<T> batch = new ArrayList<>(filling.values());
        filling = new LinkedHashMap<>();
        fillingBytes = 0;
        underWay = true;
        workDone.signalAll();
        return batch;
    }

    private void batchIsDone(@Nullable StoreException error) {
        lock.lock();
        try {
            underWay = false;
            failure = error;
            workDone.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void commit(List<T> batch) throws InterruptedException {
        batch.sort(table::compare);
        while (true) {
            if (table.hasDays()) {
                days.ensure(batch, table::epochDay);
            }
            try {
                session.transact(connection -> {
                    table.write(connection, batch);
                    return true;
                });
                database.countRows(table.name(), batch.size());
                return;
            } catch (StoreException e) {
                boolean noPartition = e.getCause() instanceof SQLException cause && Days.isMissing(cause);
                if (!noPartition || !days.forget()) {
                    throw e;
                }
            }
        }
    }
}
