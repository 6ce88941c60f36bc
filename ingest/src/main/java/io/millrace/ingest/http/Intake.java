package io.millrace.ingest.http;

import io.vertx.core.buffer.Buffer;

/** Where the chunks of one body go, however they are cut. Used by one thread at a time. */
public interface Intake extends AutoCloseable {
    /** @throws Refused when the body is over the limit, memory is short, or this cannot be such a body */
    void append(Buffer chunk) throws Refused;

    /**
     * What the chunks have made, now that the last one is here; the memory goes with it.
     *
     * @throws Refused when something is missing
     */
    Packed whole() throws Refused;

    /** Gives the memory back that {@link #whole} has not handed over. */
    @Override
    void close();
}
