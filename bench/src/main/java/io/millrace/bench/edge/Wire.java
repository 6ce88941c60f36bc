package io.millrace.bench.edge;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** How spans travel: format and packing of a body. */
enum Wire {
    OTLP_PROTOBUF("/v1/traces", "application/x-protobuf", ""),
    OTLP_PROTOBUF_GZIP("/v1/traces", "application/x-protobuf", "gzip"),
    OTLP_PROTOBUF_ZSTD("/v1/traces", "application/x-protobuf", "zstd"),
    OTLP_JSON("/v1/traces", "application/json", ""),
    ZIPKIN_PROTOBUF("/api/v2/spans", "application/x-protobuf", "");

    private static final int ZSTD_LEVEL = 3;

    private final String path;
    private final String contentType;
    private final String packing;

    Wire(String path, String contentType, String packing) {
        this.path = path;
        this.contentType = contentType;
        this.packing = packing;
    }

    byte[] encode(List<SampleSpan> spans) {
        return switch (this) {
            case OTLP_PROTOBUF -> OtlpProtobuf.encode(spans);
            case OTLP_PROTOBUF_GZIP -> gzip(OtlpProtobuf.encode(spans));
            case OTLP_PROTOBUF_ZSTD -> Zstd.compress(OtlpProtobuf.encode(spans), ZSTD_LEVEL);
            case OTLP_JSON -> OtlpJson.encode(spans);
            case ZIPKIN_PROTOBUF -> ZipkinProtobuf.encode(spans);
        };
    }

    /** Whether ids lie open in the body, so that they can be changed for each request. */
    boolean isOpen() {
        return packing.isEmpty();
    }

    /** Whether ids are written in hexadecimal. */
    boolean isText() {
        return this == OTLP_JSON;
    }

    /** The lines of a request before its length. */
    String head(String authority, String secret) {
        return "POST " + path + " HTTP/1.1\r\nHost: " + authority + "\r\n"
                + (secret.isEmpty() ? "" : "Authorization: Bearer " + secret + "\r\n")
                + "Content-Type: " + contentType + "\r\n"
                + (packing.isEmpty() ? "" : "Content-Encoding: " + packing + "\r\n");
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
        return bytes.toByteArray();
    }
}
