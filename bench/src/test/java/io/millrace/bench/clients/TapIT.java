package io.millrace.bench.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TapIT {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer server;
    private Tap tap;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean taken = exchange.getRequestURI().getPath().equals("/taken");
            exchange.sendResponseHeaders(taken ? 200 : 503, -1);
            exchange.close();
        });
        server.start();
        tap = new Tap(server.getAddress().getPort());
    }

    @AfterEach
    void stop() throws IOException {
        tap.close();
        server.stop(0);
    }

    @Test
    void keepsWhatWasTaken() throws Exception {
        // When
        int refused = send("/refused", "one");
        int taken = send("/taken", "two");

        // Then
        assertThat(refused).isEqualTo(503);
        assertThat(taken).isEqualTo(200);
        assertThat(tap.told()).singleElement().satisfies(told -> {
            assertThat(told.status()).isEqualTo(200);
            assertThat(new String(told.request().body(), StandardCharsets.UTF_8))
                    .isEqualTo("two");
        });
    }

    @Test
    void nobodyIsAtThePortWhileItIsShut() throws Exception {
        // Given
        tap.shut();
        assertThatThrownBy(() -> send("/taken", "one")).isInstanceOf(ConnectException.class);

        // When
        tap.open();

        // Then
        assertThat(send("/taken", "two")).isEqualTo(200);
    }

    private int send(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(tap.address().resolve(path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
