package io.millrace.schema.webhook;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a mapping leaves of a value: all that no field took. Members of lists stay, since their places have meaning. */
final class Unmapped {
    private final Set<JsonPointer> taken;
    /** What something was taken out of. */
    private final Set<JsonPointer> opened = new HashSet<>();

    /** @param taken where the values are that fields took */
    Unmapped(Set<JsonPointer> taken) {
        this.taken = taken;
        for (JsonPointer pointer : taken) {
            JsonPointer above = pointer.head();
            while (above != null && opened.add(above)) {
                above = above.head();
            }
        }
    }

    /** Nothing: null. The value itself is not changed. */
    @Nullable
    JsonNode of(JsonNode value) {
        return of(value, JsonPointer.empty());
    }

    private @Nullable JsonNode of(JsonNode value, JsonPointer at) {
        if (taken.contains(at)) {
            return null;
        }
        if (!(value instanceof ObjectNode object) || !opened.contains(at)) {
            return value;
        }
        ObjectNode left = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            JsonNode rest = of(member.getValue(), at.appendProperty(member.getKey()));
            if (rest != null) {
                left.set(member.getKey(), rest);
            }
        }
        return left.isEmpty() ? null : left;
    }
}
