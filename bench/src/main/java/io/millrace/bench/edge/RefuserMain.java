package io.millrace.bench.edge;

import java.io.IOException;

/** A {@link BareRefuser} in a process of its own, which says its port. */
public final class RefuserMain {
    static final String PORT = "port";

    private RefuserMain() {}

    /** Refuses until the process is ended. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        try (BareRefuser refuser = new BareRefuser()) {
            System.out.println(PORT + " " + refuser.port());
            refuser.run();
        }
    }
}
