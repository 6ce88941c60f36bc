package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Both ports with a certificate, and exporters that check it. */
@ExtendWith(EdgeExtension.class)
class TlsIT {
    private static TestCertificate own;

    private final Tenant tenant = EdgeExtension.tenant();

    @BeforeAll
    static void makeCertificate(@TempDir Path folder) throws Exception {
        own = TestCertificate.in(folder);
    }

    @Test
    void exportersThatTrustTheCertificateSendOverBothPorts() throws IOException {
        exportOverBothPorts("a little");
        assertThat(tenant.spans()).extracting(SpanMessage::getName).containsExactlyInAnyOrder("over HTTP", "over gRPC");
    }

    @Test
    void largeRequestsComeOverBothPorts() throws IOException {
        exportOverBothPorts("x".repeat(3_000_000));
        assertThat(tenant.spans()).extracting(SpanMessage::getName).containsExactlyInAnyOrder("over HTTP", "over gRPC");
    }

    private void exportOverBothPorts(String text) throws IOException {
        byte[] trusted = Files.readAllBytes(own.certificate());
        try (Edge edge = edge(own.certificate(), own.key()).ready()) {
            export(
                    "over HTTP",
                    text,
                    OtlpHttpSpanExporter.builder()
                            .setEndpoint("https://localhost:" + edge.port() + "/v1/traces")
                            .setTrustedCertificates(trusted)
                            .addHeader("x-api-key", tenant.secret())
                            .build());
            export(
                    "over gRPC",
                    text,
                    OtlpGrpcSpanExporter.builder()
                            .setEndpoint("https://localhost:" + edge.ingest().grpcPort())
                            .setTrustedCertificates(trusted)
                            .addHeader("x-api-key", tenant.secret())
                            .build());
        }
    }

    private static void export(String name, String text, SpanExporter exporter) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build();
        Span span = provider.get("test")
                .spanBuilder(name)
                .setAttribute("text", text)
                .startSpan();
        span.end();
        assertThat(provider.shutdown().join(30, TimeUnit.SECONDS).isSuccess()).isTrue();
    }

    @Test
    void aFileThatIsNoCertificateStopsTheStart(@TempDir Path folder) throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.pem"), "no certificate");

        assertThatThrownBy(() -> edge(wrong, own.key())).hasMessageContaining("ingest.tls.certificate");
        assertThatThrownBy(() -> edge(own.certificate(), wrong)).hasMessageContaining("ingest.tls.key");
    }

    private static Edge edge(Path chain, Path key) {
        return new Edge(
                EdgeExtension.kafka().client(),
                config -> config.withServer(new ServerSettings(
                        config.server().connections(),
                        new Tls(chain, key),
                        config.server().origins())));
    }
}
