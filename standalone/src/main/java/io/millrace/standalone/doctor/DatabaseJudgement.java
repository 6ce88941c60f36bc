package io.millrace.standalone.doctor;

import io.millrace.schema.sql.Migrations;
import io.millrace.schema.sql.ServiceRole;
import io.millrace.standalone.doctor.DatabaseState.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is thought of a database. */
final class DatabaseJudgement {
    private static final String MIGRATE = "run ./millrace migrate";

    private DatabaseJudgement() {}

    static List<Finding> of(DatabaseState state) {
        List<Finding> findings = new ArrayList<>();
        findings.add(migrations(state.migrations()));
        for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
            findings.add(setting(setting, state.settings()));
        }
        if (!state.migrations().version().isEmpty()) {
            for (ServiceRole role : ServiceRole.values()) {
                findings.add(role(role, state.roles()));
            }
            findings.add(rowSecurity(state.openTables()));
        }
        return findings;
    }

    private static Finding migrations(Migrations.State state) {
        if (state.failed()) {
            return Finding.fail("Postgres: a migration began and did not end", "restore the backup made before it");
        }
        if (state.ahead()) {
            return Finding.fail("Postgres: migrated by a later version", "start that version, or a later one");
        }
        if (state.pending() > 0) {
            return Finding.fail(
                    "Postgres: " + state.pending() + (state.pending() == 1 ? " migration is" : " migrations are")
                            + " missing",
                    MIGRATE);
        }
        return Finding.ok("Postgres: migrated to " + state.version());
    }

    private static Finding setting(String name, Map<String, String> settings) {
        String value = settings.getOrDefault(name, "unknown");
        if (value.equals("off") || value.equals("unknown")) {
            return Finding.fail("Postgres: " + name + " is " + value, "set it to on: rows may be lost with the power");
        }
        if (value.equals("local")) {
            return Finding.warn("Postgres: " + name + " is local", "set it to on if standbys may take over");
        }
        return Finding.ok("Postgres: " + name + " is " + value);
    }

    private static Finding role(ServiceRole wanted, List<Role> roles) {
        Optional<Role> found =
                roles.stream().filter(role -> role.name().equals(wanted.user())).findFirst();
        if (found.isEmpty()) {
            return Finding.fail("Postgres: there is no role " + wanted.user(), MIGRATE);
        }
        Role role = found.get();
        if (role.superuser() || role.bypassesRowSecurity()) {
            return Finding.fail(
                    "Postgres: " + role.name() + " sees every tenant's rows",
                    "alter role " + role.name() + " nosuperuser nobypassrls");
        }
        return role.canLogIn()
                ? Finding.ok("Postgres: " + role.name() + " may log in and is fenced")
                : Finding.warn("Postgres: " + role.name() + " cannot log in", MIGRATE + " with its password");
    }

    private static Finding rowSecurity(List<String> openTables) {
        return openTables.isEmpty()
                ? Finding.ok("Postgres: every tenant's table has row security")
                : Finding.fail(
                        "Postgres: no row security on " + String.join(", ", openTables),
                        "alter table ... enable row level security");
    }
}
