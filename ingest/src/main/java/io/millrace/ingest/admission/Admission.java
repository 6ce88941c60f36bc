package io.millrace.ingest.admission;

import io.millrace.ingest.project.ApiKey;
import io.millrace.ingest.project.Directory;
import io.millrace.ingest.project.Project;
import io.millrace.ingest.project.SecretHash;
import io.millrace.ingest.webhook.Delivery;
import io.millrace.ingest.webhook.Unverified;
import io.millrace.ingest.webhook.WebhookSource;
import io.millrace.schema.webhook.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets a request in, for one project, or says why not. */
public final class Admission {
    private final Supplier<Directory> directory;
    private final Clock clock;
    private final KeyUses uses = new KeyUses();

    public Admission(Supplier<Directory> directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * The request's key, and the project that it may send to.
     *
     * @param authorization the header of this name
     * @param apiKey the header {@code x-api-key}
     * @throws NotAdmitted when no key is there, or it is unknown, deleted, expired, or not made for sending
     */
    public Admitted admit(@Nullable String authorization, @Nullable String apiKey) throws NotAdmitted {
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
        return known.project(key.project())
                .map(project -> used(project, key))
                .orElseThrow(() -> new NotAdmitted(NotAdmitted.Reason.UNKNOWN_KEY));
    }

    private Admitted used(Project project, ApiKey key) {
        uses.used(key.id(), clock.millis());
        return new Admitted(project, key);
    }

    /** When keys were last used. */
    public KeyUses uses() {
        return uses;
    }

    /**
     * A delivery whose headers may be those of a source of webhooks; its body decides.
     *
     * @param source the id in the path
     * @throws Unverified when there is no such source, or the headers cannot be its
     * @throws NotAdmitted when this edge cannot read the source
     */
    public AdmittedDelivery admitDelivery(String source, Headers headers) throws Unverified, NotAdmitted {
        Directory known = directory.get();
        if (!known.knowsSource(source)) {
            throw new Unverified(Unverified.Reason.UNKNOWN_SOURCE);
        }
        WebhookSource found =
                known.source(source).orElseThrow(() -> new NotAdmitted(NotAdmitted.Reason.UNREADABLE_SOURCE));
        Project project =
                known.project(found.project()).orElseThrow(() -> new Unverified(Unverified.Reason.UNKNOWN_SOURCE));
        return new AdmittedDelivery(project, Delivery.of(found, headers, clock.millis()));
    }

    /** A project that the edge knows, for what was let in before. */
    public Optional<Project> project(UUID id) {
        return directory.get().project(id);
    }

    private static boolean belongs(Credentials shown, ApiKey key) {
        String publicKey = shown.publicKey();
        return publicKey == null
                || MessageDigest.isEqual(
                        publicKey.getBytes(StandardCharsets.UTF_8),
                        key.publicKey().getBytes(StandardCharsets.UTF_8));
    }
}
