package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.standalone.Exposition.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The metrics port of a running stack, against what the documents say of it. */
@ExtendWith(SharedStack.class)
class MetricsIT {
    private static final Path LIST = Path.of("../docs/metrics.md");
    private static final Pattern ROW = Pattern.compile("\\| `([a-zA-Z0-9_]+)` \\| (\\w+) \\| (.*?) \\| (.+) \\|");
    /** A series of this kind is there once it has something to say. */
    private static final String LATER = "after the first";

    private static Exposition served;

    /** A row of the list. */
    private record Row(String type, String labels, boolean later) {}

    @BeforeAll
    static void scrape() {
        Tenant tenant = Tenant.of(SharedStack.stack(), "metrics");
        OtlpRequest request = OtlpRequest.newTrace().root(Instant.now());
        tenant.sendOnceKnown(tenant.otlpJson(request.json()));
        tenant.get("/v1/traces");
        Tenant.eventually().untilAsserted(() -> {
            served = Exposition.of(SharedStack.stack());
            assertThat(served.families())
                    .containsKeys(
                            "http_server_requests_seconds",
                            "flink_jobmanager_job_running_state",
                            "flink_jobmanager_job_last_checkpoint_duration_seconds",
                            "flink_taskmanager_job_task_operator_pending_records",
                            "flink_taskmanager_job_task_operator_millrace_table_store_rows");
            assertThat(only("flink_jobmanager_job_running_state")).isEqualTo(1);
            assertThat(only("millrace_ledger_balanced")).isEqualTo(1);
        });
    }

    private static double only(String name) {
        return served.families().get(name).samples().values().iterator().next();
    }

    @Test
    void namesHaveTheUnitsAndEndingsOfTheirKind() {
        assertThat(served.families().values())
                .filteredOn(family -> !family.name().startsWith("flink_"))
                .allSatisfy(family -> {
                    assertThat(family.name()).matches("[a-z][a-z0-9_]*").doesNotMatch(".*_(ms|millis|kb|mb)");
                    assertThat(family.name().endsWith("_total"))
                            .isEqualTo(family.type().equals("counter"));
                });
    }

    @Test
    void noSeriesHasAnIdInIt() {
        assertThat(served.families().values())
                .allSatisfy(family -> assertThat(family.samples().keySet())
                        .noneMatch(series -> series.matches(".*[0-9a-f]{8}-[0-9a-f]{4}-.*|.*[0-9a-f]{32}.*")));
        assertThat(served.size()).isLessThan(1_500);
    }

    @Test
    void theListSaysWhatIsServedAndNothingElse() throws IOException {
        Map<String, Row> listed = listed();
        Predicate<String> isNow = name -> !listed.get(name).later();

        assertThat(listed.keySet()).containsAll(served.families().keySet());
        assertThat(served.families().keySet())
                .containsAll(listed.keySet().stream().filter(isNow).toList());
        for (Family family : served.families().values()) {
            assertThat(listed.get(family.name()).type()).as(family.name()).isEqualTo(family.type());
            assertThat(listed.get(family.name()).labels())
                    .as(family.name())
                    .isEqualTo(String.join(", ", family.labels()));
        }
    }

    private static Map<String, Row> listed() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        for (String line : Files.readAllLines(LIST)) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                String labels = row.group(3).replace("`", "").strip();
                Row was = rows.put(
                        row.group(1), new Row(row.group(2), labels, row.group(4).contains(LATER)));
                assertThat(was).as(line).isNull();
            }
        }
        return rows;
    }
}
