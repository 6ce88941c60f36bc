package io.millrace.bench.edge;

/** What takes spans over HTTP, as a process of its own. */
interface Subject extends AutoCloseable {
    /** Where requests go; with rules of masking, where there are such. */
    Target target(boolean masked);

    ChildMachine machine();

    /** Its process. */
    default long pid() {
        return machine().pid();
    }

    @Override
    default void close() throws InterruptedException {
        machine().close();
    }
}
