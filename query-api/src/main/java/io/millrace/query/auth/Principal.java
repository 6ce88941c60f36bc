package io.millrace.query.auth;

import java.util.Set;
import java.util.UUID;

/**
 * Who asks.
 *
 * @param key the key's id
 * @param project the key's own
 */
public record Principal(UUID key, UUID project, String publicKey, Set<Scope> scopes) {
    public Principal {
        scopes = Set.copyOf(scopes);
    }

    public boolean may(Scope scope) {
        return scopes.contains(scope);
    }
}
