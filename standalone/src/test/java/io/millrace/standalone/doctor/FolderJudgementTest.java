package io.millrace.standalone.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderJudgementTest {
    @ParameterizedTest
    @CsvSource({"16, FAIL", "17, OK", "25, OK"})
    void javaHasToBeNewEnough(int version, Finding.Level level) {
        assertThat(FolderJudgement.java(version).level()).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({
        "rwx------, OK",
        "rw-------, OK",
        "rwx-----x, OK",
        "rw-r--r--, FAIL",
        "rwxr-x---, FAIL",
        "rw----r--, FAIL"
    })
    void whatIsSecretIsForItsOwner(String permissions, Finding.Level level) {
        Finding finding =
                FolderJudgement.permissions("/d/secrets", PosixFilePermissions.fromString(permissions), false);

        assertThat(finding.level()).isEqualTo(level);
        assertThat(finding.remedy()).isEqualTo(level == Finding.Level.OK ? "" : "chmod 600 /d/secrets");
    }

    @ParameterizedTest
    @CsvSource({"9, FAIL", "10, WARN", "14, WARN", "15, OK", "80, OK"})
    void theVolumeHasToHaveRoom(long percent, Finding.Level level) {
        assertThat(FolderJudgement.disk(percent, 100).level()).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"true, false, OK", "false, false, FAIL", "false, true, OK", "true, true, FAIL"})
    void aPortIsFreeOrThisStacks(boolean free, boolean ours, Finding.Level level) {
        assertThat(FolderJudgement.port("--api-port", 8080, free, ours).level()).isEqualTo(level);
    }

    @Test
    void serversWithoutTheirStackAreSaid() {
        OptionalLong none = OptionalLong.empty();
        assertThat(FolderJudgement.orphans(none, OptionalLong.of(42), OptionalLong.of(43)))
                .extracting(Finding::line)
                .containsExactly(
                        "warn  Postgres runs without its stack, as process 42"
                                + "  - the next start stops it; to do so now: kill -INT 42",
                        "warn  Redis runs without its stack, as process 43"
                                + "  - the next start stops it; to do so now: kill -TERM 43");
        assertThat(FolderJudgement.orphans(none, none, OptionalLong.of(43))).hasSize(1);
        for (OptionalLong owner : List.of(none, OptionalLong.of(1))) {
            OptionalLong server = owner.isPresent() ? OptionalLong.of(42) : none;
            assertThat(FolderJudgement.orphans(owner, server, server))
                    .extracting(Finding::line)
                    .containsExactly("ok    no process was left behind");
        }
    }

    @Test
    void programsThatDoNotRunAreAFailure() {
        assertThat(FolderJudgement.programs(Optional.empty()).level()).isEqualTo(Finding.Level.OK);
        assertThat(FolderJudgement.programs(Optional.of(true)).level()).isEqualTo(Finding.Level.OK);
        assertThat(FolderJudgement.programs(Optional.of(false)).level()).isEqualTo(Finding.Level.FAIL);
    }

    @Test
    void aStoredLogWithoutACheckpointIsSaid() {
        assertThat(FolderJudgement.checkpoint(false, false).level()).isEqualTo(Finding.Level.OK);
        assertThat(FolderJudgement.checkpoint(true, true).level()).isEqualTo(Finding.Level.OK);
        assertThat(FolderJudgement.checkpoint(true, false).level()).isEqualTo(Finding.Level.WARN);
    }

    @Test
    void sizesAreRoundedUp() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        bytes.put("kafka", 1L);
        bytes.put("postgres", 3L << 20);

        assertThat(FolderJudgement.sizes(bytes).line()).isEqualTo("ok    sizes: kafka 1 MiB, postgres 3 MiB");
    }
}
