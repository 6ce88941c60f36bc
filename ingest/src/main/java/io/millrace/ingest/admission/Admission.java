package io.millrace.ingest.admission;

import io.millrace.ingest.project.ApiKey;
import io.millrace.ingest.project.Directory;
import io.millrace.ingest.project.Project;
import io.millrace.ingest.project.SecretHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets a request in, for one project, or says why not. */
public final class Admission {
    private final Supplier<Directory> directory;
    private final Clock clock;

    public Admission(Supplier<Directory> directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * The project that the request's key may send to.
     *
     * @param authorization the header of this name
     * @param apiKey the header {@code x-api-key}
     * @throws NotAdmitted when no key is there, or it is unknown, deleted, expired, or not made for sending
     */
    public Project admit(@Nullable String authorization, @Nullable String apiKey) throws NotAdmitted {
        Credentials shown = Credentials.of(authorization, apiKey)
                .orElseThrow(() -> new NotAdmitted(NotAdmitted.Reason.MISSING_KEY));
        Directory known = directory.get();
        // The table is keyed by the secret's SHA-256: how long a look-up takes says nothing about any secret.
        ApiKey key = known.key(SecretHash.of(shown.secret()))
                .filter(found -> belongs(shown, found))
                .orElseThrow(() -> new NotAdmitted(NotAdmitted.Reason.UNKNOWN_KEY));
        if (key.isExpired(clock.millis())) {
            throw new NotAdmitted(NotAdmitted.Reason.EXPIRED_KEY);
        }
        if (!key.scopes().contains(ApiKey.INGEST)) {
            throw new NotAdmitted(NotAdmitted.Reason.MISSING_SCOPE);
        }
        return known.project(key.project()).orElseThrow(() -> new NotAdmitted(NotAdmitted.Reason.UNKNOWN_KEY));
    }

    private static boolean belongs(Credentials shown, ApiKey key) {
        String publicKey = shown.publicKey();
        return publicKey == null
                || MessageDigest.isEqual(
                        publicKey.getBytes(StandardCharsets.UTF_8),
                        key.publicKey().getBytes(StandardCharsets.UTF_8));
    }
}
