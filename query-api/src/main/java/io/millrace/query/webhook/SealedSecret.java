package io.millrace.query.webhook;

import java.time.Instant;

/**
 * A secret that nobody gets to see again.
 *
 * @param id by which the API names it; says nothing of the secret
 * @param sealed for its source
 */
record SealedSecret(String id, Instant addedAt, byte[] sealed) {
    /** Without what is sealed. */
    @Override
    public String toString() {
        return "SealedSecret[" + id + "]";
    }
}
