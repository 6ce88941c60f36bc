package io.millrace.query.live;

/** What one client follows. It is used on the connection's {@link Loop} only. */
interface Subscription {
    /** What a call of {@link #pump} came to. */
    enum Progress {
        /** There is more to say. */
        MORE,
        /** All is said, or it waits for something that will wake it. */
        WAITING
    }

    /** Says what is to be said, of at most so many events, as long as the link is not full. */
    Progress pump(int most);

    /** Whether there is something that it has not said. */
    boolean isBehind();

    /** Where a client that has got all that was said can go on. */
    String cursor();

    /** How many events it keeps from being forgotten, because they wait to be said. */
    int held();

    void close();
}
