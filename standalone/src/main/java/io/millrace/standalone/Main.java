package io.millrace.standalone;

/** The commands of {@code ./millrace} that run in this process. */
public final class Main {
    private Main() {}

    /**
     * Runs one command.
     *
     * @param arguments the command and its options
     */
    public static void main(String[] arguments) {
        var command = arguments.length == 0 ? "(none)" : arguments[0];
        System.err.println("millrace: the command '" + command + "' is not built yet");
        System.exit(2);
    }
}
