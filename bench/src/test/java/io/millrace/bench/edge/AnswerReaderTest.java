package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
    private final AnswerReader reader = new AnswerReader();

    @Test
    void anAnswerMayComeInPieces() throws IOException {
        assertThat(reader.take(bytes("HTTP/1.1 200 OK\r\nContent-Le"))).isNull();
        assertThat(reader.take(bytes("ngth: 4\r\n\r\nab"))).isNull();
        HttpAnswer answer = reader.take(bytes("cd"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(new byte[] {'a', 'b', 'c', 'd'});
        assertThat(reader.take(bytes("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"))
                        .isSuccess())
                .isTrue();
    }

    @Test
    void aRefusalIsPoliteWhenItSaysWhenToComeAgain() throws IOException {
        assertThat(reader.take(bytes("HTTP/1.1 503 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"))
                        .isPoliteRefusal())
                .isTrue();
        assertThat(reader.take(bytes("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"))
                        .isPoliteRefusal())
                .isFalse();
        assertThat(reader.take(bytes("HTTP/1.1 500 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"))
                        .isPoliteRefusal())
                .isFalse();
    }

    @Test
    void aSuccessThatRefusesSpansIsNotWhole() {
        // partial_success { rejected_spans: 1 }
        assertThat(HttpAnswer.of("HTTP/1.1 200 OK", new byte[] {0x0A, 2, 8, 1}).isWhole())
                .isFalse();
        assertThat(HttpAnswer.of("HTTP/1.1 200 OK", new byte[] {0x0A, 0}).isWhole())
                .isTrue();
        assertThat(HttpAnswer.of("HTTP/1.1 200 OK", new byte[0]).isWhole()).isTrue();
        assertThat(json("{\"partialSuccess\":{\"rejectedSpans\":\"1\"}}").isWhole())
                .isFalse();
        assertThat(json("{\"partialSuccess\":{}}").isWhole()).isTrue();
    }

    @Test
    void whatIsNoSingleAnswerIsAnError() {
        assertThatThrownBy(() -> reader.take(bytes("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> new AnswerReader().take(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP")))
                .isInstanceOf(IOException.class);
    }

    private static HttpAnswer json(String body) {
        return HttpAnswer.of("HTTP/1.1 200 OK", body.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
