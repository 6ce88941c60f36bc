package io.millrace.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No tenant sees another's rows: neither through the API nor with the API's own log-in. */
class TenancyIT {
    private static final Api API = Api.shared();
    private static final String TRACE = "0000000000000000000000000000aa01";
    private static Api.Tenant a;
    private static Api.Tenant b;

    @BeforeAll
    static void insert() throws SQLException {
        a = API.tenant();
        b = API.tenant();
        Instant end = Instant.now();
        Facts.fact(a.project(), TRACE, "00000000000000a1", end.minusSeconds(1), end)
                .insert(API);
        Facts.trace(a.project(), TRACE, end.minusSeconds(1), end).insert(API);
    }

    private static long rows(String table, String setting) throws SQLException {
        try (Connection connection = API.asApi();
                Statement statement = connection.createStatement()) {
            if (!setting.isEmpty()) {
                statement.execute("select set_config('app.project', '" + setting + "', false)");
            }
            try (ResultSet row = statement.executeQuery("select count(*) from " + table)) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "projects",
                "api_keys",
                "facts",
                "bodies",
                "traces",
                "rollup_10s",
                "rollup_1m",
                "rollup_1h",
                "rollup_1d",
                "stale_windows",
                "dirty_windows",
                "ledger",
                "ledger_expired",
                "expired_days",
                "anomalies",
                "anomaly_actions",
                "rejected"
            })
    void showsNothingWithoutATenant(String table) throws SQLException {
        assertThat(rows(table, "")).isZero();
    }

    @Test
    void showsATenantItsOwnRowsOnly() throws SQLException {
        assertThat(rows("facts", a.project().toString())).isEqualTo(1);
        assertThat(rows("facts", b.project().toString())).isZero();
        assertThat(rows("api_keys", b.project().toString())).isEqualTo(2);
    }

    @Test
    void hidesAnothersTrace() {
        assertThat(API.get(a.readKey(), "/v1/traces/" + TRACE).status()).isEqualTo(200);
        assertThat(API.get(b.readKey(), "/v1/traces/" + TRACE).status()).isEqualTo(404);
        assertThat(API.get(b.readKey(), "/v1/traces").body().get("items")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/traces/" + TRACE,
                "/v1/traces",
                "/v1/metrics?measures=spans",
                "/v1/ledger",
                "/v1/anomalies",
                "/v1/rejected"
            })
    void hidesAnothersProjectUnlessAnAdministratorAsks(String path) {
        String foreign = path + (path.contains("?") ? "&" : "?") + "project=" + a.project();

        assertThat(API.get(b.readKey(), foreign).problem()).isEqualTo("not_found");
        assertThat(API.get(b.adminKey(), foreign).status()).isEqualTo(200);
        assertThat(API.get(
                                b.adminKey(),
                                path.contains("?")
                                        ? path + "&project=" + new java.util.UUID(7, 7)
                                        : path + "?project=" + new java.util.UUID(7, 7))
                        .problem())
                .isEqualTo("not_found");
    }
}
