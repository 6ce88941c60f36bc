package io.millrace.bench.load;

import java.net.URI;

/**
 * Where requests go.
 *
 * @param url of the ingest, without a path
 * @param secret goes into the Authorization header as a bearer token
 */
public record Endpoint(URI url, String secret) {
    private static final String PATH = "/v1/traces";

    @Override
    public String toString() {
        return url.toString();
    }

    String head(int contentLength) {
        return "POST " + PATH + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nAuthorization: Bearer " + secret
                + "\r\nContent-Type: application/x-protobuf\r\nContent-Length: " + contentLength + "\r\n\r\n";
    }
}
