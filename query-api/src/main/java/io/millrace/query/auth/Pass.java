package io.millrace.query.auth;

import io.vertx.core.Future;
import java.util.UUID;

/** What a key opened for longer than one request. */
public interface Pass {
    /** The project whose data is meant. */
    UUID project();

    /**
     * Looks whether the key still works and still has the scope.
     *
     * @return failed with a {@link io.millrace.query.http.Problem} if it has not, or if nobody can say
     */
    Future<Void> check();
}
