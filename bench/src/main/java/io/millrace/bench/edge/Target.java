package io.millrace.bench.edge;

import java.net.URI;

/**
 * Where requests go.
 *
 * @param url without a path
 * @param secret the key that they carry; empty for none
 */
record Target(URI url, String secret) {
    /** Without the secret. */
    @Override
    public String toString() {
        return url.toString();
    }
}
