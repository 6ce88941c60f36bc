package io.millrace.query.live;

import java.util.UUID;

/** The source of a channel. */
interface Feed extends AutoCloseable {
    void start();

    /** Whether it knows where its channel stands. */
    boolean isReady();

    /**
     * @throws io.millrace.query.http.Problem when the request makes no sense, or now is not the time
     */
    Subscription subscribe(LiveRequest request, UUID project, Link link);

    /** An estimate of what it keeps for all its subscriptions, in bytes. */
    long bytes();

    /** Returns when its threads have ended. */
    @Override
    void close();
}
