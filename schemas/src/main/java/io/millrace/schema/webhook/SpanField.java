package io.millrace.schema.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schema.usage.UsageBucket;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A field of a native span that a mapping can fill.
 *
 * @param group the member that holds it, {@code usage} or {@code attributes}; empty for the span itself
 */
record SpanField(String group, String name, FieldShape shape) {
    private static final String USAGE = "usage";
    private static final String ATTRIBUTES = "attributes";
    private static final int LONGEST_KEY = 200;
    /** Beginnings of keys under which a span keeps what no field takes, and where it came from. */
    private static final Set<String> KEPT = Set.of("payload", "delivery", "webhook");

    private static final Map<FieldShape, Set<String>> OWN = Map.of(
            FieldShape.ID, Set.of("trace_id", "span_id", "parent_id"),
            FieldShape.KIND, Set.of("kind"),
            FieldShape.STATUS, Set.of("status"),
            FieldShape.TIME, Set.of("start", "end"),
            FieldShape.AMOUNT, Set.of("cost_usd"),
            FieldShape.MILLIS, Set.of("time_to_first_token_ms"),
            FieldShape.FLAG, Set.of("streaming"),
            FieldShape.TEXTS, Set.of("tags", "finish_reasons"),
            FieldShape.ANY, Set.of("input", "output"),
            FieldShape.TEXT,
                    Set.of(
                            "name",
                            "model",
                            "request_model",
                            "provider",
                            "operation",
                            "status_message",
                            "session_id",
                            "user_id",
                            "environment",
                            "release",
                            "prompt_name",
                            "prompt_version",
                            "service_tier",
                            "service_name",
                            "service_version",
                            "level",
                            "error_type"));

    private static final Map<String, SpanField> BY_NAME = OWN.entrySet().stream()
            .flatMap(shape -> shape.getValue().stream().map(name -> new SpanField("", name, shape.getKey())))
            .collect(Collectors.toUnmodifiableMap(SpanField::name, field -> field));

    private static final Set<String> BUCKETS = Stream.concat(
                    Arrays.stream(UsageBucket.values()).map(UsageBucket::label), Stream.of("input_cache_write"))
            .collect(Collectors.toUnmodifiableSet());

    /** The field of this name: a member of a native span, {@code usage.BUCKET} or {@code attributes.KEY}. */
    static Optional<SpanField> of(String name) {
        int dot = name.indexOf('.');
        String group = dot < 0 ? "" : name.substring(0, dot);
        String member = name.substring(dot + 1);
        return switch (group) {
            case "" -> Optional.ofNullable(BY_NAME.get(name));
            case USAGE ->
                BUCKETS.contains(member)
                        ? Optional.of(new SpanField(USAGE, member, FieldShape.TOKENS))
                        : Optional.empty();
            case ATTRIBUTES ->
                member.isEmpty() || member.length() > LONGEST_KEY || KEPT.contains(beginning(member))
                        ? Optional.empty()
                        : Optional.of(new SpanField(ATTRIBUTES, member, FieldShape.ANY));
            default -> Optional.empty();
        };
    }

    private static String beginning(String key) {
        int dot = key.indexOf('.');
        return dot < 0 ? key : key.substring(0, dot);
    }

    /** As mappings write it. */
    String label() {
        return group.isEmpty() ? name : group + "." + name;
    }

    boolean isIn(ObjectNode span) {
        return (group.isEmpty() ? span : span.path(group)).has(name);
    }

    /** @throws IllegalArgumentException when the value cannot be this field's; says what it would have to be */
    void put(ObjectNode span, JsonNode value) {
        JsonNode shaped = shape.of(value);
        (group.isEmpty() ? span : span.withObjectProperty(group)).set(name, shaped);
    }
}
