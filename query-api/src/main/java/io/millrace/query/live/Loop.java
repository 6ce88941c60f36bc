package io.millrace.query.live;

/** Where the work of a connection is done, one piece after the other. */
interface Loop {
    /** Soon; from any thread. */
    void execute(Runnable work);

    /** Not before so many milliseconds have passed. */
    void after(long millis, Runnable work);
}
