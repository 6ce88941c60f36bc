package io.millrace.query.auth;

import io.vertx.core.Future;
import java.util.Optional;

/** Looks up who holds a secret. */
interface Keys {
    /**
     * @return nothing when no key that works has the secret
     */
    Future<Optional<Principal>> byHash(byte[] secretSha256);
}
