package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is too large for a span, and what came with one, from the request of its sender to whoever reads the trace. */
@ExtendWith(SharedStack.class)
class BlobIT {
    private static final String TRACE = "3af7651916cd43dd8448eb211c80319c";
    private static final String RUN = "4bf76519-16cd-43dd-8448-eb211c80319c";
    private static final String QUESTION = "Summarise: " + "a book ünïcode ".repeat(40_000);

    private static Tenant tenant;

    @BeforeAll
    static void send() {
        tenant = Tenant.of(SharedStack.stack(), "blobs");
        Instant now = Instant.now();
        String span = """
                [{"trace_id": "%s", "id": "b7ad6b7169203331", "name": "n", "start": "%s", "end": "%s",
                  "input": "%s", "output": "short"}]""".formatted(TRACE, now, now, QUESTION);
        tenant.sendOnceKnown(tenant.request(
                "POST", "/v1/spans", "bearer", "application/json", span.getBytes(StandardCharsets.UTF_8)));
        String run = "{\"id\":\"" + RUN + "\",\"trace_id\":\"" + RUN + "\",\"name\":\"run\",\"run_type\":\"chain\","
                + "\"start_time\":\"" + now + "\",\"end_time\":\"" + now + "\",\"inputs\":{\"a\":1}}";
        String form = part("post." + RUN, "application/json", run)
                + part("attachment." + RUN + ".page", "text/html", "<b>page</b>") + "--b--\r\n";
        HttpRequest multipart = tenant.request(
                "POST",
                "/runs/multipart",
                "x-api-key",
                "multipart/form-data; boundary=b",
                form.getBytes(StandardCharsets.UTF_8));
        assertThat(Http.send(multipart).status()).isEqualTo(202);
    }

    private static String part(String name, String type, String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\nContent-Type: " + type + "\r\n\r\n"
                + content + "\r\n";
    }

    @Test
    void aLargePayloadIsReadThroughTheTrace() {
        JsonNode span = span(TRACE);

        assertThat(span.required("input").textValue()).isEqualTo(kept());
        assertThat(span.at("/input_blob/bytes").asInt()).isEqualTo(QUESTION.getBytes(StandardCharsets.UTF_8).length);
        assertThat(span.required("marks")).isEmpty();
        Http.Answer all = tenant.get(span.at("/input_blob/href").textValue());
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.text()).isEqualTo(QUESTION);
    }

    /** The first 4 KiB, less the half of a character. */
    private static String kept() {
        byte[] utf8 = QUESTION.getBytes(StandardCharsets.UTF_8);
        int end = 4_096;
        while ((utf8[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(utf8, 0, end, StandardCharsets.UTF_8);
    }

    @Test
    void aFileOfARunIsReadThroughItsTrace() {
        JsonNode span = span(RUN);

        JsonNode file = span.at("/attachments/0");
        assertThat(file.required("name").textValue()).isEqualTo("page");
        assertThat(file.required("media_type").textValue()).isEqualTo("text/html");
        assertThat(tenant.get(file.required("href").textValue()).text()).isEqualTo("<b>page</b>");
    }

    @Test
    void anotherProjectReadsNoneOfIt() {
        String href = span(TRACE).at("/input_blob/href").textValue();
        Tenant other = Tenant.of(SharedStack.stack(), "blobs-other");

        assertThat(other.get(href).status()).isEqualTo(404);
    }

    private static JsonNode span(String trace) {
        Tenant.eventually()
                .until(
                        () -> tenant.get("/v1/traces/" + trace).json().at("/spans/0/input"),
                        input -> !input.isMissingNode() && !input.isNull());
        return tenant.trace(trace).at("/spans/0");
    }
}
