package io.millrace.standalone;

import io.millrace.query.MigrationConfig;
import io.millrace.query.migration.KafkaCluster;
import io.millrace.query.migration.Migration;
import io.millrace.schema.sql.Migrations;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code millrace migrate}: brings outside services to what this version needs. */
final class Migrate {
    private static final Logger LOGGER = LoggerFactory.getLogger(Migrate.class);

    private final PrintStream out;
    private final PrintStream errors;

    /**
     * @param out is told what was done
     * @param errors is told why nothing more was
     */
    Migrate(PrintStream out, PrintStream errors) {
        this.out = out;
        this.errors = errors;
    }

    /**
     * Runs, and returns the exit code: 0 when everything is there, else 1.
     *
     * @throws UsageException for any argument; it is told by the environment alone
     */
    int run(List<String> arguments, Map<String, String> environment) throws InterruptedException {
        if (!arguments.isEmpty()) {
            throw new UsageException("migrate does not know " + arguments.get(0));
        }
        try {
            MigrationConfig config = MigrationConfig.from(environment);
            Migrations database = new Migrations(config.jdbcUrl(), config.owner(), config.ownerPassword());
            try (Admin admin = KafkaCluster.connect(config.kafka())) {
                new Migration(database, config.logins(), admin, config.replicas()).run(out::println);
            }
            return 0;
        } catch (SQLException | RuntimeException e) {
            LOGGER.debug("migrate failed", e);
            errors.println("millrace: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            return 1;
        }
    }
}
