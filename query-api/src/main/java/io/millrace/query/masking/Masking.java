package io.millrace.query.masking;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.DetectorRule;
import io.millrace.schema.wire.MaskingEntry;
import io.millrace.schema.wire.PatternRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A project's masking rules.
 *
 * @param detectors what is done with what each of them finds; those that are missing do not look
 * @param patterns the project's own, applied in this order to what the detectors left
 * @param denied keys of attributes that are left out, or beginnings of keys with a {@code *} behind
 * @param allowed likewise, of attributes that are kept as they are
 */
record Masking(
        Map<Detector, MaskAction> detectors, List<OwnPattern> patterns, List<String> denied, List<String> allowed) {
    static final Set<String> FIELDS = Set.of("detectors", "patterns", "denied_attributes", "allowed_attributes");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_PATTERNS = 50;
    private static final int LONGEST_PATTERN = 500;
    private static final int MOST_KEYS = 200;
    private static final int LONGEST_KEY = 200;
    private static final java.util.regex.Pattern NAME = java.util.regex.Pattern.compile("[a-z][a-z0-9_]{0,39}");

    /**
     * A pattern of the project.
     *
     * @param name what stands where it was found
     * @param pattern in RE2's syntax
     */
    record OwnPattern(String name, String pattern, MaskAction action) {}

    /** No rules: nothing is masked. */
    static Masking none() {
        return new Masking(Map.of(), List.of(), List.of(), List.of());
    }

    /**
     * What a request asks for.
     *
     * @throws Problem that names the field which cannot be
     */
    static Masking of(RequestBody body) {
        Map<Detector, MaskAction> detectors = new EnumMap<>(Detector.class);
        body.textsByName("detectors")
                .forEach((detector, action) -> detectors.put(
                        Detector.of(detector)
                                .orElseThrow(() -> Problem.field("detectors." + detector, "is no detector")),
                        action("detectors." + detector, action)));
        List<OwnPattern> patterns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<RequestBody> asked = body.objects("patterns", MOST_PATTERNS, Set.of("name", "pattern", "action"));
        for (int i = 0; i < asked.size(); i++) {
            OwnPattern pattern = pattern("patterns[" + i + "].", asked.get(i));
            if (!names.add(pattern.name())) {
                throw Problem.field("patterns[" + i + "].name", "is there twice");
            }
            patterns.add(pattern);
        }
        return new Masking(detectors, patterns, keys(body, "denied_attributes"), keys(body, "allowed_attributes"));
    }

    private static OwnPattern pattern(String place, RequestBody body) {
        String name = body.text("name").orElse("");
        if (!NAME.matcher(name).matches()) {
            throw Problem.field(place + "name", "must be of a-z, 0-9 and _, begin with a letter, and have at most 40");
        }
        String pattern = body.text("pattern").orElse("");
        if (pattern.isEmpty() || pattern.length() > LONGEST_PATTERN) {
            throw Problem.field(place + "pattern", "must have 1 to " + LONGEST_PATTERN + " characters");
        }
        try {
            if (Pattern.compile(pattern).matches("")) {
                throw Problem.field(place + "pattern", "must not match an empty text");
            }
        } catch (PatternSyntaxException wrong) {
            throw Problem.field(place + "pattern", "is no RE2 pattern: " + wrong.getDescription());
        }
        return new OwnPattern(
                name, pattern, action(place + "action", body.text("action").orElse("")));
    }

    private static MaskAction action(String field, String label) {
        return MaskAction.of(label)
                .orElseThrow(() -> Problem.field(field, "must be mask, hash, drop_field or drop_payload"));
    }

    private static List<String> keys(RequestBody body, String field) {
        List<String> keys = body.textsIfGiven(field, MOST_KEYS);
        for (String key : keys) {
            if (key.length() > LONGEST_KEY || key.indexOf('*') >= 0 && key.indexOf('*') < key.length() - 1) {
                throw Problem.field(
                        field, "must have keys of at most " + LONGEST_KEY + " characters, with a * at the end only");
            }
        }
        return keys;
    }

    /** What {@link #json} wrote. */
    static Masking parse(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            Map<Detector, MaskAction> detectors = new EnumMap<>(Detector.class);
            node.path("detectors")
                    .properties()
                    .forEach(rule -> detectors.put(
                            Detector.of(rule.getKey()).orElseThrow(),
                            MaskAction.of(rule.getValue().asText()).orElseThrow()));
            List<OwnPattern> patterns = new ArrayList<>();
            node.path("patterns")
                    .forEach(rule -> patterns.add(new OwnPattern(
                            rule.path("name").asText(),
                            rule.path("pattern").asText(),
                            MaskAction.of(rule.path("action").asText()).orElseThrow())));
            return new Masking(
                    detectors, patterns, texts(node.path("denied_attributes")), texts(node.path("allowed_attributes")));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored masking rules cannot be read", e);
        }
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    byte[] json() {
        return Json.write(this::write);
    }

    private void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("detectors");
        for (Map.Entry<Detector, MaskAction> rule : detectors.entrySet()) {
            out.writeStringField(rule.getKey().label(), rule.getValue().label());
        }
        out.writeEndObject();
        out.writeArrayFieldStart("patterns");
        for (OwnPattern own : patterns) {
            out.writeStartObject();
            out.writeStringField("name", own.name());
            out.writeStringField("pattern", own.pattern());
            out.writeStringField("action", own.action().label());
            out.writeEndObject();
        }
        out.writeEndArray();
        Json.texts(out, "denied_attributes", denied);
        Json.texts(out, "allowed_attributes", allowed);
        out.writeEndObject();
    }

    /** What the control topic says of it. */
    byte[] controlValue(UUID project) {
        MaskingEntry.Builder entry = MaskingEntry.newBuilder()
                .setProject(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(project.getMostSignificantBits())
                        .putLong(project.getLeastSignificantBits())
                        .array()))
                .addAllDeniedAttributes(denied)
                .addAllAllowedAttributes(allowed);
        detectors.forEach((detector, action) -> entry.addDetectors(
                DetectorRule.newBuilder().setDetector(detector.code()).setAction(action.code())));
        patterns.forEach(own -> entry.addPatterns(PatternRule.newBuilder()
                .setName(own.name())
                .setPattern(own.pattern())
                .setAction(own.action().code())));
        return ControlEntry.newBuilder().setMasking(entry).build().toByteArray();
    }
}
