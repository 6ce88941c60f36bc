package io.millrace.standalone;

import java.util.Arrays;
import java.util.List;

/** The command line: {@code up}, and what else runs without a build. Exit code 2 is for what makes no sense. */
public final class Main {
    private static final String USAGE = """
            usage: millrace up [--data DIR] [--ingest-port N] [--grpc-port N] [--api-port N] [--metrics-port N]
                               [--fresh [--yes]] [--demo [--demo-seed N] [--demo-incidents all|none]]
                   millrace migrate
                   millrace doctor [--data DIR] [--ingest-port N] [--grpc-port N] [--api-port N] [--metrics-port N]
                   millrace test
                   millrace bench NAME [--json FILE]""";

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        // Before the first logger: everything logs through one back end.
        System.setProperty("vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.SLF4JLogDelegateFactory");
        try {
            run(Arrays.asList(arguments));
        } catch (UsageException e) {
            System.err.println("millrace: " + e.getMessage());
            if (!(e instanceof NotAvailable)) {
                System.err.println(USAGE);
            }
            System.exit(2);
        }
    }

    private static void run(List<String> arguments) throws Exception {
        String command = arguments.isEmpty() ? "" : arguments.get(0);
        List<String> rest = arguments.subList(Math.min(1, arguments.size()), arguments.size());
        switch (command) {
            case "up" -> Up.run(UpOptions.parse(rest));
            case "migrate" -> System.exit(new Migrate(System.out, System.err).run(rest, System.getenv()));
            case "doctor" -> System.exit(new Doctor(System.out).run(rest, System.getenv()));
            case "replay" -> throw new NotAvailable("'" + command + "'");
            default ->
                throw new UsageException(
                        command.isEmpty() ? "which command?" : "there is no command '" + command + "'");
        }
    }
}
