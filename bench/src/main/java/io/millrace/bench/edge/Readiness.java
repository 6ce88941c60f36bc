package io.millrace.bench.edge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Waits for processes that tell their health over HTTP. */
final class Readiness {
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long PAUSE_MILLIS = 100;

    private Readiness() {}

    /**
     * Returns when the answer is 200.
     *
     * @throws IOException when that takes two minutes, or the process ends
     */
    static void await(URI health, ChildMachine machine) throws IOException, InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request =
                HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(5)).build();
        long until = System.nanoTime() + LONGEST.toNanos();
        while (!isReady(http, request)) {
            machine.checkAlive();
            if (System.nanoTime() - until > 0) {
                throw new IOException(health + " did not become ready");
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static boolean isReady(HttpClient http, HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
