package io.millrace.ingest.otlp;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireWriter;
import java.util.Locale;

/**
 * The messages of a conversation that a span has as events, one each: those of the input and those of the output, as an array
 * each. Reused from span to span.
 */
final class SpanMessages {
    private final EventMessage message;
    private final Masking masking;
    private final Side input = new Side(TextField.INPUT);
    private final Side output = new Side(TextField.OUTPUT);

    SpanMessages(JsonRendering json, RequestContext context) {
        this.message = new EventMessage(json, context.limits().maxAttributeBytes());
        this.masking = context.masking();
    }

    void begin() {
        input.clear();
        output.clear();
    }

    /**
     * Takes the event in {@code bytes[from, from + length)}, in which its name stands as well.
     *
     * @return false if the project wants no messages of this name
     */
    boolean take(GenAiEvent event, byte[] bytes, int nameFrom, int nameLength, int from, int length)
            throws MalformedSpan {
        Masking.Attributes rule = masking.hasKeyRules()
                ? masking.attributes(bytes, nameFrom, nameFrom + nameLength)
                : Masking.Attributes.MASKED;
        if (rule == Masking.Attributes.DENIED) {
            return false;
        }
        Side side = event.field() == TextField.OUTPUT ? output : input;
        int before = side.texts.size();
        side.texts.raw(before == 0 ? '[' : ',');
        if (message.writeEvent(side.texts, event.role(), bytes, from, length)) {
            side.name(bytes, nameFrom, nameLength, rule == Masking.Attributes.ALLOWED);
        } else {
            side.texts.truncate(before);
        }
        return true;
    }

    /** Fills what nothing else does. */
    void finish(SpanDraft draft) {
        input.finish(draft);
        output.finish(draft);
    }

    private static final class Side {
        private final TextField field;
        private final WireWriter texts = new WireWriter(64);
        private byte[] nameBytes = new byte[0];
        private int nameFrom;
        private int nameLength;
        private boolean allowed;

        Side(TextField field) {
            this.field = field;
        }

        void clear() {
            texts.clear();
            allowed = true;
        }

        /** Of several names the one that is to be masked goes for all: they become one text. */
        void name(byte[] bytes, int from, int length, boolean isAllowed) {
            if (allowed) {
                nameBytes = bytes;
                nameFrom = from;
                nameLength = length;
                allowed = isAllowed;
            }
        }

        void finish(SpanDraft draft) {
            if (texts.size() == 0 || draft.has(field)) {
                return;
            }
            texts.raw(']');
            // None of them was denied.
            draft.denies(nameBytes, nameFrom, nameLength);
            if (draft.text(field, texts.array(), 0, texts.size())) {
                byte[] key = JsonRendering.ascii(field.name().toLowerCase(Locale.ROOT));
                draft.truncatedFrom(key, 0, key.length, texts.size());
            }
            draft.endOfAttribute();
        }
    }
}
