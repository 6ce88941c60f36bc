package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.embedded.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    @TempDir
    Path folder;

    @Test
    void areMadeAtTheFirstStartAndStay() throws IOException {
        JsonNode first = written(Map.of());

        JsonNode second = written(Map.of("MILLRACE_INIT_SECRET_KEY", "sk-mr-too-late-to-be-heeded"));

        assertThat(second).isEqualTo(first);
        assertThat(first.properties().stream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrder(
                        "project_id",
                        "public_key",
                        "secret_key",
                        "admin_email",
                        "admin_password",
                        "ingest_url",
                        "grpc_url",
                        "api_url",
                        "api_token");
        assertThat(first.required("public_key").textValue()).startsWith("pk-mr-");
        assertThat(first.required("secret_key").textValue()).startsWith("sk-mr-");
        assertThat(first.required("api_token").textValue())
                .startsWith("sk-mr-")
                .isNotEqualTo(first.required("secret_key").textValue());
    }

    @Test
    void areForTheirOwnerOnly() throws IOException {
        written(Map.of());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("credentials.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void comeFromTheEnvironmentWhereItSaysSo() throws IOException {
        JsonNode written = written(Map.of(
                "MILLRACE_INIT_PUBLIC_KEY", "pk-mr-12345678",
                "MILLRACE_INIT_SECRET_KEY", "sk-mr-87654321",
                "MILLRACE_INIT_ADMIN_EMAIL", "me@example.org",
                "MILLRACE_INIT_ADMIN_PASSWORD", "correct horse"));

        assertThat(written.required("public_key").textValue()).isEqualTo("pk-mr-12345678");
        assertThat(written.required("secret_key").textValue()).isEqualTo("sk-mr-87654321");
        assertThat(written.required("admin_email").textValue()).isEqualTo("me@example.org");
        assertThat(written.required("admin_password").textValue()).isEqualTo("correct horse");
    }

    @Test
    void aKeyThatIsNoneOfOursIsNotTaken() {
        assertThatThrownBy(() -> written(Map.of("MILLRACE_INIT_SECRET_KEY", "secret")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("MILLRACE_INIT_SECRET_KEY")
                .hasMessageNotContaining("secret ");
    }

    private JsonNode written(Map<String, String> environment) throws IOException {
        try (DataFolder data = DataFolder.open(folder)) {
            Credentials.of(data, environment).write("http://a", "http://b", "http://c");
        }
        return new ObjectMapper().readTree(folder.resolve("credentials.json").toFile());
    }
}
