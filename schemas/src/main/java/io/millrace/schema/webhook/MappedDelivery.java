package io.millrace.schema.webhook;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a mapping makes of one delivery: native spans that lack what the delivery as such gives them. */
public final class MappedDelivery {
    private static final String ATTRIBUTES = "attributes";
    private static final int MOST_NOTES = 1_000;

    private final JsonMapper mapper;
    private final JsonNode payload;
    private final @Nullable JsonPointer deliveryId;
    private final List<ObjectNode> spans = new ArrayList<>();
    private final List<MappingNote> errors = new ArrayList<>();
    private final List<MappingNote> missing = new ArrayList<>();

    MappedDelivery(JsonMapper mapper, JsonNode payload, @Nullable JsonPointer deliveryId) {
        this.mapper = mapper;
        this.payload = payload;
        this.deliveryId = deliveryId;
    }

    void add(ObjectNode span) {
        spans.add(span);
    }

    /** Notes for the span that is added next. */
    void wrong(MappingRule rule, String detail) {
        note(errors, rule, detail);
    }

    /** As {@link #wrong}. */
    void missing(MappingRule rule) {
        note(missing, rule, "is not there");
    }

    private void note(List<MappingNote> notes, MappingRule rule, String detail) {
        if (notes.size() < MOST_NOTES) {
            notes.add(new MappingNote(spans.size(), rule.field().label(), rule.where(), detail));
        }
    }

    /** What lies around the items stays with the first span. */
    void keepBeside(@Nullable JsonNode rest) {
        if (!spans.isEmpty()) {
            keep(spans.get(0), "delivery", rest);
        }
    }

    /** Keeps each member as an attribute of its own, so that rules of masking can name it. */
    static void keep(ObjectNode span, String prefix, @Nullable JsonNode rest) {
        if (rest == null) {
            return;
        }
        if (rest instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                span.withObjectProperty(ATTRIBUTES).set(prefix + "." + member.getKey(), member.getValue());
            }
        } else {
            span.withObjectProperty(ATTRIBUTES).set(prefix, rest);
        }
    }

    /** How many spans there are; none when the payload has no items where they should be. */
    public int count() {
        return spans.size();
    }

    /** Values that could not be their fields': the first thousand of them. */
    public List<MappingNote> errors() {
        return List.copyOf(errors);
    }

    /** Fields for which nothing was found: the first thousand of them. */
    public List<MappingNote> missing() {
        return List.copyOf(missing);
    }

    /** The id of the delivery, where the mapping says that it is. */
    public Optional<String> deliveryId() {
        return deliveryId == null ? Optional.empty() : at(deliveryId);
    }

    /**
     * A single value of the payload.
     *
     * @param pointer a JSON pointer; empty for nowhere
     */
    public Optional<String> at(String pointer) {
        return pointer.isEmpty() ? Optional.empty() : at(JsonPointer.compile(pointer));
    }

    private Optional<String> at(JsonPointer pointer) {
        JsonNode found = payload.at(pointer);
        return found.isValueNode() && !found.isNull() && !found.asText().isEmpty()
                ? Optional.of(found.asText())
                : Optional.empty();
    }

    /**
     * The spans alone, as JSON: what they would be but for their ids.
     *
     * @throws OversizedDelivery when that is too long
     */
    public String json() throws OversizedDelivery {
        return new String(write(), StandardCharsets.UTF_8);
    }

    /**
     * The spans as a body of native spans. Those without ids of their own have ids that follow from the delivery's; those
     * without a name have the source's.
     *
     * @param source the id of the source
     * @param name the name of the source
     * @param delivery the id of the delivery
     * @throws OversizedDelivery when that is too long
     */
    public byte[] nativeSpans(String source, String name, String delivery) throws OversizedDelivery {
        DeliveryIds ids = new DeliveryIds(source, delivery);
        String trace = ids.trace().toString();
        for (int i = 0; i < spans.size(); i++) {
            ObjectNode span = spans.get(i);
            putIfAbsent(span, "trace_id", trace);
            putIfAbsent(span, "span_id", ids.span(i).toString());
            putIfAbsent(span, "name", name);
            span.withObjectProperty(ATTRIBUTES).put("webhook.source", name).put("webhook.delivery", delivery);
        }
        for (MappingNote error : errors) {
            spans.get(error.index())
                    .withObjectProperty(ATTRIBUTES)
                    .withArrayProperty("webhook.mapping_errors")
                    .add(error.field() + ": " + error.where() + " " + error.detail());
        }
        return write();
    }

    private static void putIfAbsent(ObjectNode span, String member, String value) {
        if (!span.has(member)) {
            span.put(member, value);
        }
    }

    private byte[] write() throws OversizedDelivery {
        Bounded out = new Bounded();
        try {
            // A writer replaces halves of surrogate pairs, which JSON can spell and UTF-8 cannot.
            mapper.writeValue(new OutputStreamWriter(out, StandardCharsets.UTF_8), spans);
        } catch (IOException full) {
            throw new OversizedDelivery();
        }
        return out.bytes.toByteArray();
    }

    /** Memory up to a limit: a value that many spans share is long many times over. */
    private static final class Bounded extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] more, int offset, int length) throws IOException {
            if (bytes.size() + (long) length > OversizedDelivery.MOST_BYTES) {
                throw new IOException("full");
            }
            bytes.write(more, offset, length);
        }
    }
}
