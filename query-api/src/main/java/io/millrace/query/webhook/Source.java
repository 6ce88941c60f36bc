package io.millrace.query.webhook;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.millrace.query.http.Json;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.WebhookEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * A source of webhooks, as it is or is to be.
 *
 * @param id the last part of the edge's path: long and random, and not a secret
 * @param revision how often it has been written; 0 for one that is about to be made
 */
record Source(String id, String name, SourceSettings settings, List<SealedSecret> secrets, int revision) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ID_BYTES = 16;

    Source {
        secrets = List.copyOf(secrets);
    }

    /** The id of one that is about to be made. */
    static String newId(SecureRandom random) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return "whk_" + HexFormat.of().formatHex(id);
    }

    /** What {@link #settingsJson} and {@link #secretsJson} wrote. */
    static Source parse(String id, String name, String settings, String secrets, int revision) {
        try {
            List<SealedSecret> sealed = new ArrayList<>();
            for (JsonNode secret : JSON.readTree(secrets)) {
                sealed.add(new SealedSecret(
                        secret.path("id").asText(),
                        Instant.parse(secret.path("added_at").asText()),
                        Base64.getDecoder().decode(secret.path("sealed").asText())));
            }
            return new Source(id, name, SourceSettings.of(JSON.readTree(settings)), sealed, revision);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored source of webhooks cannot be read", e);
        }
    }

    byte[] settingsJson() {
        return Json.write(out -> {
            out.writeStartObject();
            settings.write(out);
            out.writeEndObject();
        });
    }

    byte[] secretsJson() {
        return Json.write(out -> {
            out.writeStartArray();
            for (SealedSecret secret : secrets) {
                out.writeStartObject();
                out.writeStringField("id", secret.id());
                out.writeStringField("added_at", secret.addedAt().toString());
                out.writeStringField("sealed", Base64.getEncoder().encodeToString(secret.sealed()));
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    /** As the API shows it: of secrets when they were added, and nothing else. */
    void show(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", name);
        out.writeStringField("url_path", "/webhooks/" + id);
        settings.show(out);
        out.writeArrayFieldStart("secrets");
        for (SealedSecret secret : secrets) {
            out.writeStartObject();
            out.writeStringField("id", secret.id());
            Json.time(out, "added_at", secret.addedAt());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /** What the control topic says of it. */
    byte[] controlValue(UUID project) {
        WebhookEntry.Builder entry = WebhookEntry.newBuilder()
                .setId(id)
                .setProject(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(project.getMostSignificantBits())
                        .putLong(project.getLeastSignificantBits())
                        .array()))
                .setName(name)
                .setStyle(settings.style().code())
                .setToleranceSeconds(settings.toleranceSeconds())
                .setSignatureHeader(settings.signatureHeader())
                .setDeliveryHeader(settings.deliveryHeader())
                .setMapping(settings.mapping());
        secrets.forEach(secret -> entry.addSealedSecrets(ByteString.copyFrom(secret.sealed())));
        return ControlEntry.newBuilder().setWebhook(entry).build().toByteArray();
    }
}
