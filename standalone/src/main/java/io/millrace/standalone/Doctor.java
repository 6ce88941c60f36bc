package io.millrace.standalone;

import io.millrace.embedded.DataFolderView;
import io.millrace.embedded.Postgres;
import io.millrace.query.MigrationConfig;
import io.millrace.standalone.doctor.Check;
import io.millrace.standalone.doctor.Finding;
import io.millrace.standalone.doctor.FolderChecks;
import io.millrace.standalone.doctor.ServiceChecks;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code millrace doctor}: looks at an installation, says what to mend, and changes nothing. */
final class Doctor {
    /** With it, there are services of one's own. */
    private static final String SERVICES = "MILLRACE_KAFKA_BOOTSTRAP_SERVERS";

    private static final Set<String> OPTIONS =
            Set.of("--data", "--ingest-port", "--grpc-port", "--api-port", "--metrics-port");

    private final PrintStream out;

    /**
     * @param out is told each finding, a line each
     */
    Doctor(PrintStream out) {
        this.out = out;
    }

    /**
     * Looks, and returns the exit code: 1 when something failed, else 0.
     *
     * @throws UsageException for an option that is unknown, lacks its value or has a wrong one
     */
    int run(List<String> arguments, Map<String, String> environment) {
        List<Check> checks = checks(arguments, environment);
        boolean failed = false;
        for (Check check : checks) {
            for (Finding finding : check.run()) {
                out.println(finding.line());
                failed |= finding.level() == Finding.Level.FAIL;
            }
        }
        return failed ? 1 : 0;
    }

    /** A folder is looked at when it is named, or when nothing else is. */
    private static List<Check> checks(List<String> arguments, Map<String, String> environment) {
        UpOptions options = options(arguments);
        boolean services = environment.containsKey(SERVICES);
        List<Check> checks = new ArrayList<>();
        if (arguments.contains("--data") || !services) {
            checks.addAll(ofFolder(options));
        }
        if (services) {
            checks.addAll(ofServices(environment));
        }
        return checks;
    }

    private static UpOptions options(List<String> arguments) {
        for (String argument : arguments) {
            if (argument.startsWith("-") && !OPTIONS.contains(argument)) {
                throw new UsageException("doctor does not know " + argument);
            }
        }
        return UpOptions.parse(arguments);
    }

    private static List<Check> ofFolder(UpOptions options) {
        DataFolderView folder = new DataFolderView(options.data());
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("ingest", options.ingestPort());
        ports.put("grpc", options.grpcPort());
        ports.put("api", options.apiPort());
        ports.put("metrics", options.metricsPort());
        List<Check> checks = new ArrayList<>(new FolderChecks(folder, ports).all());
        if (folder.owner().isPresent() && Files.exists(folder.root().resolve("ports.json"))) {
            checks.addAll(new ServiceChecks(
                            folder.kafkaClient(), 1, folder.jdbcUrl(), Postgres.USER, folder.secret("postgres"))
                    .all());
        }
        return checks;
    }

    private static List<Check> ofServices(Map<String, String> environment) {
        try {
            MigrationConfig config = MigrationConfig.from(environment);
            return new ServiceChecks(
                            config.kafka(), config.replicas(), config.jdbcUrl(), config.owner(), config.ownerPassword())
                    .all();
        } catch (IllegalArgumentException e) {
            return List.of(new Check("the environment", () -> {
                throw e;
            }));
        }
    }
}
