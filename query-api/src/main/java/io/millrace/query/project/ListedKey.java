package io.millrace.query.project;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.millrace.query.http.Json;
import io.millrace.schema.wire.ApiKeyEntry;
import io.millrace.schema.wire.ControlEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key without its secret.
 *
 * @param lastUsedAt up to a minute or two late; null when it never was, or nobody told
 */
record ListedKey(
        UUID id,
        UUID project,
        String name,
        String publicKey,
        List<String> scopes,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt,
        Rates rates) {
    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", id.toString());
        out.writeStringField("project_id", project.toString());
        out.writeStringField("name", name);
        out.writeStringField("public_key", publicKey);
        Json.texts(out, "scopes", scopes);
        Json.time(out, "created_at", createdAt);
        Json.time(out, "expires_at", expiresAt);
        Json.time(out, "last_used_at", lastUsedAt);
        out.writeObjectFieldStart("limits");
        rates.write(out);
        out.writeEndObject();
        out.writeEndObject();
    }

    ListedKey with(Rates changed) {
        return new ListedKey(id, project, name, publicKey, scopes, createdAt, expiresAt, lastUsedAt, changed);
    }

    /**
     * What the control topic says of it.
     *
     * @param secretSha256 which it does not show
     */
    byte[] controlValue(byte[] secretSha256) {
        ApiKeyEntry entry = ApiKeyEntry.newBuilder()
                .setId(Project.bytes(id))
                .setProject(Project.bytes(project))
                .setPublicKey(publicKey)
                .setSecretSha256(ByteString.copyFrom(secretSha256))
                .addAllScopes(scopes)
                .setExpiresAtMillis(expiresAt == null ? 0 : expiresAt.toEpochMilli())
                .setLimits(rates.control())
                .build();
        return ControlEntry.newBuilder().setApiKey(entry).build().toByteArray();
    }
}
