package io.millrace.query.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A small JSON object, read strictly: every reader throws a {@link Problem} that names the field. */
public final class RequestBody {
    /** Whatever names there are, none is kept. */
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final int MAX_NAME = 200;

    private final JsonNode object;
    /** What stands before the names of its fields when it is a field itself. */
    private final String place;

    private RequestBody(JsonNode object) {
        this(object, "");
    }

    private RequestBody(JsonNode object, String place) {
        this.object = object;
        this.place = place;
    }

    /**
     * The body of a request.
     *
     * @param known the fields that the path takes
     */
    public static RequestBody of(RoutingContext context, Set<String> known) {
        String type = context.request().getHeader("content-type");
        if (type != null && !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
        }
        return parse(bytes(context), known);
    }

    /** The body of a request that may have none, whatever it then says its type is. */
    public static RequestBody ifGiven(RoutingContext context, Set<String> known) {
        return bytes(context).length == 0 ? new RequestBody(MAPPER.createObjectNode()) : of(context, known);
    }

    private static byte[] bytes(RoutingContext context) {
        @Nullable Buffer body = context.body().buffer();
        return body == null ? new byte[0] : body.getBytes();
    }

    private static RequestBody parse(byte[] body, Set<String> known) {
        JsonNode object;
        try {
            object = MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw Problem.of(ProblemType.INVALID_BODY, "the body is no JSON");
        } catch (IOException e) {
            throw Problem.of(ProblemType.INVALID_BODY, "the body cannot be read");
        }
        if (object == null || !object.isObject()) {
            throw Problem.of(ProblemType.INVALID_BODY, "the body must be a JSON object");
        }
        List<Problem.FieldError> unknown = new ArrayList<>();
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                unknown.add(new Problem.FieldError(name, "unknown"));
            }
        });
        if (!unknown.isEmpty()) {
            throw Problem.of(ProblemType.INVALID_BODY, "the body has unknown fields", unknown);
        }
        return new RequestBody(object);
    }

    /** A text of 1 to 200 characters that is not blank. */
    public String name(String field) {
        String name = text(field).orElseThrow(() -> Problem.field(field, "is needed"));
        if (name.isBlank() || name.length() > MAX_NAME || name.indexOf('\0') >= 0) {
            throw Problem.field(field, "must have 1 to " + MAX_NAME + " characters");
        }
        return name;
    }

    /** A text of so many characters at most; one that is blank says nothing. */
    public Optional<String> prose(String field, int most) {
        Optional<String> prose = text(field);
        prose.ifPresent(text -> {
            if (text.codePointCount(0, text.length()) > most || text.indexOf('\0') >= 0) {
                throw Problem.field(field, "must have at most " + most + " characters, none of them NUL");
            }
        });
        return prose.filter(text -> !text.isBlank());
    }

    public Optional<String> text(String field) {
        return node(field).map(node -> {
            if (!node.isTextual()) {
                throw Problem.field(field, "must be a text");
            }
            return node.textValue();
        });
    }

    public int integer(String field, int fallback, int least, int most) {
        return whole(field, least, most).orElse(fallback);
    }

    /** A whole number that has to be there. */
    public int integer(String field, int least, int most) {
        return whole(field, least, most).orElseThrow(() -> Problem.field(field, "is needed"));
    }

    private Optional<Integer> whole(String field, int least, int most) {
        return node(field).map(node -> {
            if (!node.isIntegralNumber()
                    || !node.canConvertToInt()
                    || node.intValue() < least
                    || node.intValue() > most) {
                throw Problem.field(field, "must be a whole number from " + least + " to " + most);
            }
            return node.intValue();
        });
    }

    /** A whole number, which may be a large one. */
    public Optional<Long> number(String field, long least, long most) {
        return node(field).map(node -> {
            if (!node.isIntegralNumber()
                    || !node.canConvertToLong()
                    || node.longValue() < least
                    || node.longValue() > most) {
                throw wrong(field, "must be a whole number from " + least + " to " + most);
            }
            return node.longValue();
        });
    }

    /** A number from 0 to 1. */
    public double share(String field, double fallback) {
        return node(field)
                .map(node -> {
                    if (!node.isNumber() || !(node.doubleValue() >= 0 && node.doubleValue() <= 1)) {
                        throw wrong(field, "must be a number from 0 to 1");
                    }
                    return node.doubleValue();
                })
                .orElse(fallback);
    }

    public boolean truth(String field, boolean fallback) {
        return node(field)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw wrong(field, "must be true or false");
                    }
                    return node.booleanValue();
                })
                .orElse(fallback);
    }

    /** What is said of a field that cannot be. */
    public Problem wrong(String field, String problem) {
        return Problem.field(place + field, problem);
    }

    public Optional<UUID> uuid(String field) {
        return text(field)
                .map(text -> Parameters.parseUuid(text).orElseThrow(() -> Problem.field(field, "must be a UUID")));
    }

    /** A time that is still to come. */
    public Optional<Instant> future(String field, Instant now) {
        Optional<Instant> time = time(field, now);
        if (time.isPresent() && !time.get().isAfter(now)) {
            throw Problem.field(field, "must be in the future");
        }
        return time;
    }

    private Optional<Instant> time(String field, Instant now) {
        return text(field)
                .map(text -> Times.parse(text, now).orElseThrow(() -> Problem.field(field, "must be RFC 3339")));
    }

    /** A list of texts, at least one. */
    public List<String> texts(String field) {
        JsonNode list = node(field).orElseThrow(() -> Problem.field(field, "is needed"));
        List<String> texts = new ArrayList<>();
        if (list.isArray()) {
            list.forEach(item -> texts.add(item.isTextual() ? item.textValue() : ""));
        }
        if (texts.isEmpty() || texts.contains("")) {
            throw Problem.field(field, "must be a list of texts, and not empty");
        }
        return texts;
    }

    /** A list of texts that are not empty; an empty list if the field is not there. */
    public List<String> textsIfGiven(String field, int most) {
        List<String> texts = new ArrayList<>();
        node(field).ifPresent(list -> {
            if (!list.isArray() || list.size() > most) {
                throw Problem.field(field, "must be a list of at most " + most + " texts");
            }
            for (JsonNode item : list) {
                if (!item.isTextual() || item.textValue().isEmpty()) {
                    throw Problem.field(field, "must be a list of texts");
                }
                texts.add(item.textValue());
            }
        });
        return texts;
    }

    /** An object whose values are texts; an empty one if the field is not there. */
    public Map<String, String> textsByName(String field) {
        Map<String, String> texts = new LinkedHashMap<>();
        node(field).ifPresent(object -> {
            if (!object.isObject()) {
                throw Problem.field(field, "must be an object");
            }
            object.properties().forEach(property -> {
                if (!property.getValue().isTextual()) {
                    throw Problem.field(field + "." + property.getKey(), "must be a text");
                }
                texts.put(property.getKey(), property.getValue().textValue());
            });
        });
        return texts;
    }

    /**
     * A list of objects; an empty one if the field is not there.
     *
     * @param known the fields that each may have
     */
    public List<RequestBody> objects(String field, int most, Set<String> known) {
        List<RequestBody> objects = new ArrayList<>();
        node(field).ifPresent(list -> {
            if (!list.isArray() || list.size() > most) {
                throw Problem.field(field, "must be a list of at most " + most + " objects");
            }
            for (JsonNode item : list) {
                String place = field + "[" + objects.size() + "]";
                if (!item.isObject()) {
                    throw Problem.field(place, "must be an object");
                }
                item.fieldNames().forEachRemaining(name -> {
                    if (!known.contains(name)) {
                        throw Problem.field(place + "." + name, "unknown");
                    }
                });
                objects.add(new RequestBody(item));
            }
        });
        return objects;
    }

    /**
     * An object, of whose fields numbers are named with the place.
     *
     * @param known the fields that it may have
     */
    public Optional<RequestBody> object(String field, Set<String> known) {
        return node(field).map(object -> {
            if (!object.isObject()) {
                throw wrong(field, "must be an object");
            }
            object.fieldNames().forEachRemaining(name -> {
                if (!known.contains(name)) {
                    throw wrong(field + "." + name, "unknown");
                }
            });
            return new RequestBody(object, field + ".");
        });
    }

    /** Any value, as JSON. */
    public Optional<String> json(String field) {
        return node(field).map(JsonNode::toString);
    }

    /** Whether the field is there, and not null. */
    public boolean has(String field) {
        return node(field).isPresent();
    }

    private Optional<JsonNode> node(String field) {
        @Nullable JsonNode node = object.get(field);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }
}
