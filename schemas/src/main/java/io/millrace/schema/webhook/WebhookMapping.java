package io.millrace.schema.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.schema.webhook.MappingRule.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the JSON of a source's deliveries becomes native spans: which places fill which fields. It never fails: a value that
 * cannot be its field's is noted and stays where all stays that no field takes, in the span's attributes.
 *
 * <p>As JSON: {@code {"items": POINTER, "delivery_id": POINTER, "fields": [{"field": NAME, "pointer": POINTER}, ...]}}; instead of
 * {@code pointer} a field has {@code delivery_pointer}, {@code header} or {@code const}, and it may have {@code values}. Of several
 * rules for a field the first that finds a value counts. Safe for threads.
 */
public final class WebhookMapping {
    private static final Set<String> MEMBERS = Set.of("items", "delivery_id", "fields");
    private static final Set<String> RULE_MEMBERS =
            Set.of("field", "pointer", "delivery_pointer", "header", "const", "values");
    private static final int MOST_FIELDS = 100;
    private static final int MOST_VALUES = 50;
    private static final int LONGEST = 500;

    /**
     * Names come from senders without end, so they are not interned; and since a factory keeps the names that its parsers met,
     * each payload has a copy. What could be read can be written, in a span.
     */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(StreamReadConstraints.DEFAULT_MAX_DEPTH + 10)
                    .build())
            .build();

    /** Numbers stay as they were written. */
    private static final JsonMapper JSON = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();

    private final @Nullable JsonPointer items;
    private final @Nullable JsonPointer deliveryId;
    private final List<MappingRule> rules;

    private WebhookMapping(@Nullable JsonPointer items, @Nullable JsonPointer deliveryId, List<MappingRule> rules) {
        this.items = items;
        this.deliveryId = deliveryId;
        this.rules = List.copyOf(rules);
    }

    /**
     * Reads a mapping, strictly.
     *
     * @throws MalformedMapping that names the member which cannot be
     */
    public static WebhookMapping read(String json) throws MalformedMapping {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException notJson) {
            throw new MalformedMapping("", "is no JSON");
        }
        object("", root, MEMBERS);
        JsonNode fields = root.path("fields");
        if (!fields.isMissingNode() && !fields.isArray() || fields.size() > MOST_FIELDS) {
            throw new MalformedMapping("fields", "must be a list of at most " + MOST_FIELDS + " objects");
        }
        List<MappingRule> rules = new ArrayList<>();
        for (JsonNode field : fields) {
            rules.add(rule("fields[" + rules.size() + "]", field));
        }
        return new WebhookMapping(pointer(root, "items"), pointer(root, "delivery_id"), rules);
    }

    private static void object(String place, JsonNode node, Set<String> known) throws MalformedMapping {
        if (!node.isObject()) {
            throw new MalformedMapping(place, "must be an object");
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!known.contains(member.getKey())) {
                throw new MalformedMapping((place.isEmpty() ? "" : place + ".") + member.getKey(), "unknown");
            }
        }
    }

    private static @Nullable JsonPointer pointer(JsonNode root, String member) throws MalformedMapping {
        JsonNode text = root.path(member);
        if (text.isMissingNode() || text.isNull()) {
            return null;
        }
        try {
            return JsonPointer.compile(text(member, text));
        } catch (IllegalArgumentException notOne) {
            throw new MalformedMapping(member, "must be a JSON pointer, such as /data/items");
        }
    }

    private static String text(String place, JsonNode node) throws MalformedMapping {
        if (!node.isTextual() || node.textValue().length() > LONGEST || !canBeKept(node.textValue())) {
            throw new MalformedMapping(place, "must be a text of at most " + LONGEST + " characters");
        }
        return node.textValue();
    }

    /** Tables take neither NUL nor half a surrogate pair. */
    private static boolean canBeKept(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static MappingRule rule(String place, JsonNode node) throws MalformedMapping {
        object(place, node, RULE_MEMBERS);
        SpanField field = SpanField.of(text(place + ".field", node.path("field")))
                .orElseThrow(() -> new MalformedMapping(place + ".field", "is no field of a span"));
        MappingRule found = null;
        for (Place part : Place.values()) {
            JsonNode where = node.path(part.label());
            if (!where.isMissingNode()) {
                if (found != null) {
                    throw new MalformedMapping(place, "must have one of pointer, delivery_pointer, header, const");
                }
                found = rule(place, field, part, where, node.path("values"));
            }
        }
        if (found == null) {
            throw new MalformedMapping(place, "must have one of pointer, delivery_pointer, header, const");
        }
        return found;
    }

    private static MappingRule rule(String place, SpanField field, Place part, JsonNode where, JsonNode values)
            throws MalformedMapping {
        String member = place + "." + part.label();
        try {
            MappingRule rule = MappingRule.of(field, part, text(member, where), values(place + ".values", values));
            if (part == Place.CONST) {
                field.put(JsonNodeFactory.instance.objectNode(), where);
            }
            return rule;
        } catch (IllegalArgumentException wrong) {
            throw new MalformedMapping(
                    member,
                    part == Place.CONST
                            ? String.valueOf(wrong.getMessage())
                            : "must be a JSON pointer, such as /data/model");
        }
    }

    private static Map<String, String> values(String place, JsonNode node) throws MalformedMapping {
        Map<String, String> values = new HashMap<>();
        if (!node.isMissingNode() && !node.isObject() || node.size() > MOST_VALUES) {
            throw new MalformedMapping(place, "must be an object of at most " + MOST_VALUES + " texts");
        }
        for (Map.Entry<String, JsonNode> value : node.properties()) {
            String member = place + "." + value.getKey();
            values.put(text(member, TextNode.valueOf(value.getKey())), text(member, value.getValue()));
        }
        return values;
    }

    /**
     * The spans of a payload.
     *
     * @param headers of the request that brought it
     * @throws IOException when the bytes are no JSON text
     * @throws OversizedDelivery when there are too many
     */
    public MappedDelivery apply(byte[] json, int offset, int length, Headers headers)
            throws IOException, OversizedDelivery {
        JsonNode payload = read(json, offset, length);
        if (payload.isMissingNode()) {
            throw new IOException("there is no JSON in it");
        }
        MappedDelivery delivery = new MappedDelivery(JSON, payload, deliveryId);
        Set<JsonPointer> taken = new HashSet<>();
        if (items != null) {
            taken.add(items);
        }
        List<JsonNode> found = itemsOf(payload);
        if (found.size() > OversizedDelivery.MOST_SPANS) {
            throw new OversizedDelivery();
        }
        for (JsonNode item : found) {
            delivery.add(span(item, payload, headers, taken, delivery));
        }
        if (items != null) {
            delivery.keepBeside(new Unmapped(taken).of(payload));
        }
        return delivery;
    }

    private static JsonNode read(byte[] json, int offset, int length) throws IOException {
        try {
            return JSON.reader().with(FACTORY.copy()).readTree(json, offset, length);
        } catch (NumberFormatException unbounded) {
            // The parser takes it for a number, and its exponent for more than any number has.
            throw new IOException("there is a number in it whose exponent is too long", unbounded);
        }
    }

    private List<JsonNode> itemsOf(JsonNode payload) {
        if (items == null) {
            return List.of(payload);
        }
        JsonNode found = payload.at(items);
        List<JsonNode> all = new ArrayList<>();
        if (found.isArray()) {
            found.forEach(all::add);
        } else if (found.isObject()) {
            all.add(found);
        }
        return all;
    }

    private ObjectNode span(
            JsonNode item, JsonNode payload, Headers headers, Set<JsonPointer> takenAround, MappedDelivery delivery) {
        ObjectNode span = JSON.createObjectNode();
        Set<JsonPointer> taken = new HashSet<>();
        List<MappingRule> without = new ArrayList<>();
        for (MappingRule rule : rules) {
            if (rule.field().isIn(span)) {
                continue;
            }
            JsonNode found = rule.find(item, payload, headers);
            if (found == null) {
                without.add(rule);
            } else if (fill(span, rule, found, delivery) && rule.place().isPointer()) {
                boolean isOfItem = rule.place() == Place.POINTER || items == null;
                (isOfItem ? taken : takenAround).add(rule.pointer());
            }
        }
        without.stream().filter(rule -> !rule.field().isIn(span)).forEach(delivery::missing);
        if (span.has("start") && !span.has("end")) {
            span.set("end", span.get("start"));
        }
        MappedDelivery.keep(span, "payload", new Unmapped(taken).of(item));
        return span;
    }

    /** Whether the field now has what was found: neither another value for it, nor none since it cannot be the field's. */
    private static boolean fill(ObjectNode span, MappingRule rule, JsonNode found, MappedDelivery delivery) {
        JsonNode other = rule.instead(found);
        try {
            rule.field().put(span, other == null ? found : other);
            return other == null;
        } catch (IllegalArgumentException wrong) {
            delivery.wrong(rule, String.valueOf(wrong.getMessage()));
            return false;
        }
    }
}
