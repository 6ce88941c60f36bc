package io.millrace.ingest.grpc;

import io.millrace.ingest.http.Endpoint;
import java.util.Optional;
import java.util.stream.Stream;

/** The calls that are taken, each with the endpoint that it has over HTTP. */
enum GrpcMethod {
    TRACES("trace.v1.TraceService", "grpc_traces", Endpoint.OTLP_TRACES),
    LOGS("logs.v1.LogsService", "grpc_logs", Endpoint.OTLP_LOGS),
    METRICS("metrics.v1.MetricsService", "grpc_metrics", Endpoint.OTLP_METRICS);

    private final String path;
    private final String label;
    private final Endpoint endpoint;

    GrpcMethod(String service, String label, Endpoint endpoint) {
        this.path = "/opentelemetry.proto.collector." + service + "/Export";
        this.label = label;
        this.endpoint = endpoint;
    }

    /** The call of this path; empty when there is none. */
    static Optional<GrpcMethod> of(String path) {
        return Stream.of(values()).filter(method -> method.path.equals(path)).findFirst();
    }

    String path() {
        return path;
    }

    /** Its name in metrics. */
    String label() {
        return label;
    }

    Endpoint endpoint() {
        return endpoint;
    }
}
