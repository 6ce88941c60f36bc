package io.millrace.bench.faults;

/** What is killed. */
enum Fault {
    MACHINE("kill -9 of the virtual machine"),
    TREE("kill -9 of the whole process tree"),
    POSTGRES("kill -9 of the Postgres server"),
    TASK("failure of a task of the traces job");

    private final String label;

    Fault(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** Whether the stack has to be started again by whoever runs it. */
    boolean needsRestart() {
        return this == MACHINE || this == TREE;
    }
}
