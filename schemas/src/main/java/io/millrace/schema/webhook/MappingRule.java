package io.millrace.schema.webhook;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a field's value comes from.
 *
 * @param place what of a delivery {@code where} points into
 * @param where a JSON pointer, a header's name, or the value itself
 * @param values what is taken instead of certain texts; other values are taken as they are
 */
record MappingRule(SpanField field, Place place, String where, JsonPointer pointer, Map<String, String> values) {
    /** The parts of a delivery, by the names of the members that point into them. */
    enum Place {
        /** The item that becomes a span; the whole payload where a mapping has no items. */
        POINTER,
        /** The whole payload. */
        DELIVERY_POINTER,
        /** The request's headers. */
        HEADER,
        /** The mapping itself. */
        CONST;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isPointer() {
            return this == POINTER || this == DELIVERY_POINTER;
        }
    }

    /** @throws IllegalArgumentException when {@code where} has to be a pointer and is none */
    static MappingRule of(SpanField field, Place place, String where, Map<String, String> values) {
        JsonPointer pointer = place.isPointer() ? JsonPointer.compile(where) : JsonPointer.empty();
        return new MappingRule(field, place, where, pointer, Map.copyOf(values));
    }

    /** What is found for the field of an item; null: nothing is. */
    @Nullable
    JsonNode find(JsonNode item, JsonNode payload, Headers headers) {
        JsonNode found = switch (place) {
            case POINTER -> item.at(pointer);
            case DELIVERY_POINTER -> payload.at(pointer);
            case HEADER -> text(headers.get(where));
            case CONST -> text(where);
        };
        return found == null || found.isMissingNode() || found.isNull() ? null : found;
    }

    /** What is taken instead of what was found; null: nothing else. */
    @Nullable
    JsonNode instead(JsonNode found) {
        return text(found.isValueNode() ? values.get(found.asText()) : null);
    }

    private static @Nullable JsonNode text(@Nullable String text) {
        return text == null ? null : TextNode.valueOf(text);
    }
}
