package io.millrace.bench.edge;

import io.millrace.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A Zipkin server with its storage in memory, full most of the time, so that it evicts as it would for ever. It answers
 * before it stores, and loses all when it ends: it is asked for less than the edge is.
 */
record ZipkinSubject(ChildMachine machine, URI url) implements Subject {
    private static final String MOST_SPANS = "500000";

    /**
     * Starts one, and returns when it takes spans.
     *
     * @param jar the executable one that Zipkin publishes
     * @param heap as {@code -Xmx} takes it
     */
    static ZipkinSubject start(Path jar, String heap, Path log) throws IOException, InterruptedException {
        int port = Ports.free();
        Map<String, String> environment =
                Map.of("QUERY_PORT", Integer.toString(port), "STORAGE_TYPE", "mem", "MEM_MAX_SPANS", MOST_SPANS);
        ChildMachine machine = ChildMachine.start(
                List.of("-Xmx" + heap, "-Duser.timezone=UTC", "-jar", jar.toString()), environment, log);
        ZipkinSubject subject = new ZipkinSubject(machine, URI.create("http://127.0.0.1:" + port));
        try {
            Readiness.await(subject.url.resolve("/health"), machine);
        } catch (IOException | InterruptedException | RuntimeException e) {
            machine.close();
            throw e;
        }
        return subject;
    }

    /** It knows no keys, and masks nothing. */
    @Override
    public Target target(boolean masked) {
        return new Target(url, "");
    }
}
