package io.millrace.query.webhook;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import io.millrace.schema.webhook.MappedDelivery;
import io.millrace.schema.webhook.MappingNote;
import io.millrace.schema.webhook.OversizedDelivery;
import io.millrace.schema.webhook.WebhookMapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a mapping would make of a payload. Nothing of it is kept. */
final class MappingTrial {
    static final Set<String> FIELDS = Set.of("mapping", "payload", "headers");

    private final MappedDelivery mapped;
    private final String spans;

    private MappingTrial(MappedDelivery mapped) throws OversizedDelivery {
        this.mapped = mapped;
        this.spans = mapped.json();
    }

    /**
     * Does what a request asks for.
     *
     * @throws Problem that names the field which cannot be
     */
    static MappingTrial of(RequestBody body) {
        WebhookMapping mapping =
                SourceSettings.mapping(body.json("mapping").orElseThrow(() -> Problem.field("mapping", "is needed")));
        String payload = body.json("payload").orElseThrow(() -> Problem.field("payload", "is needed"));
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(body.textsByName("headers"));
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        try {
            return new MappingTrial(mapping.apply(bytes, 0, bytes.length, headers::get));
        } catch (IOException e) {
            throw Problem.field("payload", "is no JSON");
        } catch (OversizedDelivery oversized) {
            throw Problem.field("payload", String.valueOf(oversized.getMessage()));
        }
    }

    byte[] json() {
        return Json.write(this::write);
    }

    private void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        Json.text(out, "delivery_id", mapped.deliveryId().orElse(null));
        out.writeFieldName("spans");
        out.writeRawValue(spans);
        notes(out, "errors", mapped.errors());
        notes(out, "missing", mapped.missing());
        out.writeEndObject();
    }

    private static void notes(JsonGenerator out, String name, List<MappingNote> notes) throws IOException {
        out.writeArrayFieldStart(name);
        for (MappingNote note : notes) {
            out.writeStartObject();
            out.writeNumberField("index", note.index());
            out.writeStringField("field", note.field());
            out.writeStringField("where", note.where());
            out.writeStringField("detail", note.detail());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
