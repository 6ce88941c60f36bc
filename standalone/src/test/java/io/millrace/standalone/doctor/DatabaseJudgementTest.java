package io.millrace.standalone.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.sql.Migrations;
import io.millrace.schema.sql.ServiceRole;
import io.millrace.standalone.doctor.DatabaseState.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseJudgementTest {
    private static final Migrations.State CURRENT = new Migrations.State("1", 0, false, false);

    private final Map<String, String> settings =
            new HashMap<>(Map.of("fsync", "on", "full_page_writes", "on", "synchronous_commit", "on"));
    private final List<Role> roles = new ArrayList<>(Arrays.stream(ServiceRole.values())
            .map(role -> new Role(role.user(), true, false, false))
            .toList());

    private List<Finding> notOk(Migrations.State migrations, List<String> openTables) {
        return DatabaseJudgement.of(new DatabaseState(migrations, settings, roles, openTables)).stream()
                .filter(finding -> finding.level() != Finding.Level.OK)
                .toList();
    }

    @Test
    void whatMigrateMakesIsInOrder() {
        assertThat(notOk(CURRENT, List.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "fsync, off, FAIL",
        "full_page_writes, off, FAIL",
        "synchronous_commit, off, FAIL",
        "synchronous_commit, local, WARN"
    })
    void aCommitHasToLast(String setting, String value, Finding.Level level) {
        settings.put(setting, value);

        assertThat(notOk(CURRENT, List.of())).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(level);
            assertThat(finding.what()).contains(setting + " is " + value);
        });
    }

    @Test
    void aStandbyThatIsWaitedForIsBetterStill() {
        settings.put("synchronous_commit", "remote_apply");

        assertThat(notOk(CURRENT, List.of())).isEmpty();
    }

    @Test
    void theSchemaHasToBeThisVersions() {
        assertThat(notOk(new Migrations.State("1", 2, false, false), List.of()))
                .extracting(Finding::line)
                .containsExactly("fail  Postgres: 2 migrations are missing  - run ./millrace migrate");
        assertThat(notOk(new Migrations.State("9", 0, false, true), List.of()))
                .extracting(Finding::what)
                .containsExactly("Postgres: migrated by a later version");
        assertThat(notOk(new Migrations.State("1", 1, true, false), List.of()))
                .extracting(Finding::what)
                .containsExactly("Postgres: a migration began and did not end");
    }

    @Test
    void servicesAreFenced() {
        roles.set(0, new Role(roles.get(0).name(), true, true, false));
        roles.set(1, new Role(roles.get(1).name(), true, false, true));
        roles.set(2, new Role(roles.get(2).name(), false, false, false));

        assertThat(notOk(CURRENT, List.of("facts")))
                .extracting(Finding::level)
                .containsExactly(Finding.Level.FAIL, Finding.Level.FAIL, Finding.Level.WARN, Finding.Level.FAIL);
    }

    @Test
    void aRoleThatIsMissingIsSaid() {
        roles.remove(0);

        assertThat(notOk(CURRENT, List.of()))
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.what()).contains("there is no role " + ServiceRole.values()[0].user()));
    }
}
