package io.millrace.query.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A message of a client, read strictly: every reader throws a {@link Problem} that names the field. */
final class ClientMessage {
    /** Whatever names there are, none is kept. */
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final Map<String, Set<String>> FIELDS = Map.of(
            "auth", Set.of("type", "token"),
            "subscribe", Set.of("type", "id", "channel", "filter", "after"),
            "unsubscribe", Set.of("type", "id"));
    private static final int MAX_ID = 100;

    private final JsonNode object;

    private ClientMessage(JsonNode object) {
        this.object = object;
    }

    /**
     * @throws Problem for text that is no JSON object
     */
    static ClientMessage parse(String text) {
        JsonNode object;
        try {
            object = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw invalid("the message is no JSON");
        }
        if (object == null || !object.isObject()) {
            throw invalid("a message is a JSON object");
        }
        return new ClientMessage(object);
    }

    /** What an answer refers to; nothing if the message does not say. */
    Optional<String> idIfAny() {
        JsonNode id = object.path("id");
        return id.isTextual() && id.textValue().length() <= MAX_ID ? Optional.of(id.textValue()) : Optional.empty();
    }

    /**
     * What the message is.
     *
     * @throws Problem for one that there is not, and for fields that it does not have
     */
    String type() {
        String type = text("type");
        Set<String> known = FIELDS.get(type);
        if (known == null) {
            throw invalid("type: there are "
                    + String.join(", ", FIELDS.keySet().stream().sorted().toList()));
        }
        List<Problem.FieldError> unknown = new ArrayList<>();
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                unknown.add(new Problem.FieldError(name, "unknown"));
            }
        });
        if (!unknown.isEmpty()) {
            throw Problem.of(ProblemType.INVALID_MESSAGE, "the message has unknown fields", unknown);
        }
        return type;
    }

    String token() {
        return text("token");
    }

    /** The client's name of a subscription. */
    String id() {
        String id = text("id");
        if (id.isEmpty() || id.length() > MAX_ID) {
            throw invalid("id", "must have 1 to " + MAX_ID + " characters");
        }
        return id;
    }

    LiveRequest request() {
        String label = text("channel");
        Channel channel = Channel.of(label).orElseThrow(() -> invalid("channel", label + " is no channel"));
        return new LiveRequest(id(), channel, filter(), optional("after"));
    }

    /** The filter's fields; a list is its items with commas between, as in a query string. */
    private Map<String, List<String>> filter() {
        JsonNode filter = object.path("filter");
        Map<String, List<String>> fields = new TreeMap<>();
        if (filter.isMissingNode() || filter.isNull()) {
            return fields;
        }
        if (!filter.isObject()) {
            throw invalid("filter", "must be an object");
        }
        filter.fields().forEachRemaining(field -> fields.put(field.getKey(), List.of(value(field))));
        return fields;
    }

    private static String value(Map.Entry<String, JsonNode> field) {
        JsonNode value = field.getValue();
        if (!value.isArray()) {
            return scalar(field.getKey(), value);
        }
        List<String> items = new ArrayList<>();
        value.forEach(item -> items.add(scalar(field.getKey(), item)));
        if (items.stream().anyMatch(item -> item.indexOf(',') >= 0)) {
            throw invalid("filter." + field.getKey(), "an item of a list has no comma");
        }
        return String.join(",", items);
    }

    private static String scalar(String name, JsonNode value) {
        if (!value.isValueNode() || value.isNull()) {
            throw invalid("filter." + name, "must be a text, a number, a flag or a list of them");
        }
        return value.isBigDecimal() || value.isDouble() ? value.decimalValue().toPlainString() : value.asText();
    }

    private String text(String field) {
        return optional(field).orElseThrow(() -> invalid(field, "is needed"));
    }

    private Optional<String> optional(String field) {
        @Nullable JsonNode node = object.get(field);
        if (node == null || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw invalid(field, "must be a text");
        }
        return Optional.of(node.textValue());
    }

    private static Problem invalid(String detail) {
        return Problem.of(ProblemType.INVALID_MESSAGE, detail);
    }

    private static Problem invalid(String field, String detail) {
        return Problem.of(
                ProblemType.INVALID_MESSAGE, field + ": " + detail, List.of(new Problem.FieldError(field, detail)));
    }
}
