package io.millrace.query.webhook;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import io.millrace.schema.webhook.MalformedMapping;
import io.millrace.schema.webhook.WebhookMapping;
import io.millrace.schema.webhook.WebhookStyle;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All of a source but its secrets.
 *
 * @param toleranceSeconds how far a signed time may be from now
 * @param signatureHeader instead of the style's; empty for that
 * @param deliveryHeader instead of the style's; empty for that
 * @param mapping as JSON that {@link WebhookMapping} reads
 */
record SourceSettings(
        WebhookStyle style, int toleranceSeconds, String signatureHeader, String deliveryHeader, String mapping) {
    private static final String NO_MAPPING = "{\"fields\":[]}";
    private static final int DEFAULT_TOLERANCE = 300;
    private static final int MOST_TOLERANCE = 3_600;
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,100}");

    /**
     * What a request asks for.
     *
     * @throws Problem that names the field which cannot be
     */
    static SourceSettings of(RequestBody body) {
        WebhookStyle style = WebhookStyle.of(body.text("style").orElse(""))
                .orElseThrow(() -> Problem.field(
                        "style",
                        "must be of "
                                + Arrays.stream(WebhookStyle.values())
                                        .map(WebhookStyle::label)
                                        .collect(Collectors.joining(", "))));
        String mapping = body.json("mapping").orElse(NO_MAPPING);
        mapping(mapping);
        return new SourceSettings(
                style,
                body.integer("tolerance_seconds", DEFAULT_TOLERANCE, 1, MOST_TOLERANCE),
                header(body, "signature_header", style),
                header(body, "delivery_header", style),
                mapping);
    }

    private static String header(RequestBody body, String field, WebhookStyle style) {
        String header = body.text(field).orElse("");
        if (!header.isEmpty() && !style.takesOwnHeaders()) {
            throw Problem.field(field, "is given by the style");
        }
        if (!header.isEmpty() && !HEADER.matcher(header).matches()) {
            throw Problem.field(field, "must be the name of a header");
        }
        return header;
    }

    /**
     * Reads a mapping of a request.
     *
     * @throws Problem that names the member which cannot be
     */
    static WebhookMapping mapping(String json) {
        try {
            return WebhookMapping.read(json);
        } catch (MalformedMapping malformed) {
            String place = malformed.place();
            throw Problem.field(place.isEmpty() ? "mapping" : "mapping." + place, malformed.detail());
        }
    }

    /** What {@link #write} wrote. */
    static SourceSettings of(JsonNode stored) {
        return new SourceSettings(
                WebhookStyle.of(stored.path("style").asText()).orElseThrow(),
                stored.path("tolerance_seconds").asInt(),
                stored.path("signature_header").asText(""),
                stored.path("delivery_header").asText(""),
                stored.path("mapping").toString());
    }

    /** Its members, for the row. */
    void write(JsonGenerator out) throws IOException {
        write(out, signatureHeader, deliveryHeader);
    }

    /** Its members with the headers that are looked at. */
    void show(JsonGenerator out) throws IOException {
        write(
                out,
                signatureHeader.isEmpty() ? style.signatureHeader() : signatureHeader,
                deliveryHeader.isEmpty() ? style.deliveryHeader() : deliveryHeader);
    }

    private void write(JsonGenerator out, String signature, String delivery) throws IOException {
        out.writeStringField("style", style.label());
        out.writeNumberField("tolerance_seconds", toleranceSeconds);
        Json.text(out, "signature_header", signature);
        Json.text(out, "delivery_header", delivery);
        out.writeFieldName("mapping");
        out.writeRawValue(mapping);
    }
}
