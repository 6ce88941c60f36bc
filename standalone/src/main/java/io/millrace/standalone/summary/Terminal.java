package io.millrace.standalone.summary;

import java.io.PrintStream;

/** Where a summary shows: on a terminal as one line that is rewritten, else as a line now and then. */
final class Terminal {
    /** Clears what is left of the line before. */
    private static final String CLEAR_REST = "\u001b[K";

    private final PrintStream out;
    private final boolean rewriting;
    private final int every;
    private int lines;

    /**
     * @param rewriting whether somebody looks at it
     * @param every of how many lines one is printed, if it is not rewritten
     */
    Terminal(PrintStream out, boolean rewriting, int every) {
        this.out = out;
        this.rewriting = rewriting;
        this.every = every;
    }

    /** Replaces the last line. */
    void show(String line) {
        if (rewriting) {
            // The cursor waits at the beginning, so that a message of the log has a line of its own.
            out.print(line + CLEAR_REST + "\r");
            out.flush();
        } else if (++lines % every == 0) {
            out.println(line);
        }
    }

    /** Prints a line that stays. */
    void say(String line) {
        out.println(rewriting ? line + CLEAR_REST : line);
    }

    /** Leaves the last line standing. */
    void end() {
        if (rewriting) {
            out.println();
        }
    }
}
