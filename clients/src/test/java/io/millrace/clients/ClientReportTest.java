package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClientReportTest {
    @Test
    void isTheLineThatAProgramPrints() {
        assertThat(ClientReport.of(
                        "{\"client\":\"ai\",\"version\":\"6.0.326\",\"spans\":10,\"complaints\":[\"late\"]}"))
                .isEqualTo(new ClientReport("ai", "6.0.326", 10, List.of("late")));
    }

    @Test
    void isWrittenAsItIsRead() {
        ClientReport report = new ClientReport("ai", "6", 10, List.of("\"late\""));

        assertThat(ClientReport.of(report.line())).isEqualTo(report);
    }

    @Test
    void anythingElseIsNone() {
        assertThatThrownBy(() -> ClientReport.of("{\"client\":")).hasMessageContaining("no report of a client");
    }
}
