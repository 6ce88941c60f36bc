package io.millrace.clients;

import java.net.URI;

/**
 * Where a program sends to, and as whom.
 *
 * @param ingest for HTTP, without a path
 */
public record Destination(URI ingest, URI grpc, String publicKey, String secretKey) {
    /** Without the secret. */
    @Override
    public String toString() {
        return "Destination[ingest=" + ingest + ", grpc=" + grpc + ", publicKey=" + publicKey + "]";
    }
}
