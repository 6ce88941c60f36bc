package io.millrace.bench.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpMessagesTest {
    @Test
    void aBodyIsWhatItsLengthOrItsChunksSay() {
        List<HttpMessages.Message> requests = HttpMessages.requests(bytes("""
                POST /v1/traces HTTP/1.1
                Content-Length: 5
                X-Api-Key: sk

                12345POST /runs HTTP/1.1
                transfer-encoding: chunked

                3;x=y
                abc
                a
                0123456789
                0

                GET /info HTTP/1.1

                """));

        assertThat(requests).extracting(HttpMessagesTest::body).containsExactly("12345", "abc0123456789", "");
        assertThat(requests.get(0).headers()).containsEntry("x-api-key", "sk");
        assertThat(requests.get(1).word(1)).isEqualTo("/runs");
        assertThat(requests.get(2).word(0)).isEqualTo("GET");
    }

    @Test
    void anAnswerThatOnlyAnnouncesAnotherIsNone() {
        List<HttpMessages.Message> answers = HttpMessages.answers(bytes("""
                HTTP/1.1 100 Continue

                HTTP/1.1 204 No Content

                HTTP/1.1 503 Service Unavailable
                Content-Length: 2

                {}"""));

        assertThat(answers).extracting(HttpMessages.Message::status).containsExactly(204, 503);
    }

    @Test
    void whatIsCutOffIsLeftOut() {
        assertThat(HttpMessages.answers(bytes("HTTP/1.1 200 OK\nContent-Length: 3\n\n{}")))
                .isEmpty();
        assertThat(HttpMessages.answers(bytes("HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n2\n{}\n")))
                .isEmpty();
        assertThat(HttpMessages.requests(bytes("POST / HTTP/1.1\nContent-Le"))).isEmpty();
    }

    private static byte[] bytes(String lines) {
        return lines.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String body(HttpMessages.Message message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }
}
