package io.millrace.embedded;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short commands of the system. */
final class Command {
    private static final long SECONDS = 60;

    private Command() {}

    /** Whether the command exists, runs, and ends with status 0. */
    static boolean succeeds(List<String> command) {
        try {
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Sends a signal by its name; the shell's own {@code kill} is there where the program is not. */
    static void signal(long pid, String name) {
        succeeds(List.of("sh", "-c", "kill -" + name + " " + pid));
    }
}
