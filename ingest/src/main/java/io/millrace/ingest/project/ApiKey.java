package io.millrace.ingest.project;

import io.millrace.ingest.limit.Rates;
import java.util.Set;
import java.util.UUID;

/**
 * A key without its secret, which is stored nowhere.
 *
 * @param publicKey the half that names the key in Basic authentication
 * @param scopes what it may be used for
 * @param expiresAtMillis since the epoch; 0 means never
 * @param rates how fast it may send
 */
public record ApiKey(UUID id, UUID project, String publicKey, Set<String> scopes, long expiresAtMillis, Rates rates) {
    /** The scope that sending wants. */
    public static final String INGEST = "ingest";

    public boolean isExpired(long nowMillis) {
        return expiresAtMillis != 0 && nowMillis >= expiresAtMillis;
    }
}
