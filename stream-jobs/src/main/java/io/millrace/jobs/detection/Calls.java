package io.millrace.jobs.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What a window counts of its requests.
 *
 * @param all requests
 * @param failed of them
 * @param timed those whose latency is known
 * @param slow of those, by what was slow when they were counted
 */
record Calls(long all, long failed, long timed, long slow) {
    static final Calls NONE = new Calls(0, 0, 0, 0);

    /** What is here and was not in {@code earlier}; a window that took something back has nothing new. */
    Calls since(Calls earlier) {
        return new Calls(
                Math.max(0, all - earlier.all),
                Math.max(0, failed - earlier.failed),
                Math.max(0, timed - earlier.timed),
                Math.max(0, slow - earlier.slow));
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(all);
        out.writeLong(failed);
        out.writeLong(timed);
        out.writeLong(slow);
    }

    static Calls readFrom(DataInput in) throws IOException {
        return new Calls(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
}
