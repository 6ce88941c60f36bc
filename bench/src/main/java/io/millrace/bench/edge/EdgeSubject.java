package io.millrace.bench.edge;

import io.millrace.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The edge by itself, as a cluster runs it. */
record EdgeSubject(ChildMachine machine, URI url, EdgeSite site) implements Subject {
    private static final String PROGRAM = "io.millrace.ingest.IngestMain";

    /**
     * Starts one, and returns when it takes spans of both projects.
     *
     * @param heap as {@code -Xmx} takes it
     */
    static EdgeSubject start(EdgeSite site, String heap) throws IOException, InterruptedException {
        int port = Ports.free();
        int management = Ports.free();
        Map<String, String> environment = new HashMap<>();
        site.folder()
                .kafka()
                .forEach((key, value) -> environment.put(
                        "MILLRACE_KAFKA_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
        environment.put("MILLRACE_REDIS_URL", site.folder().redis().toString());
        environment.put("MILLRACE_INGEST_MASKING_KEY", site.folder().maskingKey());
        environment.put("MILLRACE_INGEST_DISK_PATH", site.folder().root().toString());
        environment.put("MILLRACE_INGEST_HOST", "127.0.0.1");
        environment.put("MILLRACE_INGEST_PORT", Integer.toString(port));
        environment.put("MILLRACE_INGEST_GRPC_PORT", "-1");
        environment.put("MILLRACE_INGEST_MANAGEMENT_PORT", Integer.toString(management));
        ChildMachine machine = ChildMachine.start(
                List.of(
                        "-Xms" + heap,
                        "-Xmx" + heap,
                        // So that memory which grows is memory that the heap does not bound.
                        "-XX:+AlwaysPreTouch",
                        "-Duser.timezone=UTC",
                        "-cp",
                        site.program().toString(),
                        PROGRAM),
                environment,
                site.log("edge"));
        EdgeSubject subject = new EdgeSubject(machine, URI.create("http://127.0.0.1:" + port), site);
        try {
            Readiness.await(URI.create("http://127.0.0.1:" + management + "/health/ready"), machine);
        } catch (IOException | InterruptedException | RuntimeException e) {
            machine.close();
            throw e;
        }
        return subject;
    }

    @Override
    public Target target(boolean masked) {
        return new Target(url, masked ? site.masked() : site.unmasked());
    }
}
