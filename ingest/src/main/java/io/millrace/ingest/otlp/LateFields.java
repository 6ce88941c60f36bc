package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import java.nio.charset.StandardCharsets;

/** Fields that a draft only takes in once it is certain what fills them. */
final class LateFields {
    private static final byte[] STATUS_KEY = "status_message".getBytes(StandardCharsets.US_ASCII);

    private final Slots slots;
    private final TextList texts;
    private final TagList tags;
    private final Attribute attribute = new Attribute();

    LateFields(Slots slots, TextList texts, TagList tags) {
        this.slots = slots;
        this.texts = texts;
        this.tags = tags;
    }

    /** The status must be in the draft. */
    void finish(SpanDraft draft) throws MalformedSpan {
        statusMessage(draft);
        finishReasons(draft);
        tags(draft);
    }

    /** What the status itself says of its reason is not replaced. */
    private void statusMessage(SpanDraft draft) throws MalformedSpan {
        int slot = TextField.STATUS_MESSAGE.ordinal();
        if (draft.has(TextField.STATUS_MESSAGE)) {
            slots.release(draft, slot);
        } else if (slots.isFilled(slot)) {
            slots.begin(draft, slot, attribute);
            if (draft.text(TextField.STATUS_MESSAGE, attribute.bytes, attribute.valueFrom, attribute.valueLength)) {
                draft.truncatedFrom(STATUS_KEY, 0, STATUS_KEY.length, attribute.valueLength);
            }
            draft.endOfAttribute();
        }
    }

    private void finishReasons(SpanDraft draft) throws MalformedSpan {
        if (!slots.isFilled(AttributeRule.FINISH_REASONS_SLOT)) {
            return;
        }
        slots.begin(draft, AttributeRule.FINISH_REASONS_SLOT, attribute);
        texts.begin(attribute);
        while (texts.next()) {
            Attribute reason = texts.element;
            draft.finishReason(reason.bytes, reason.valueFrom, reason.valueLength);
        }
        draft.endOfAttribute();
    }

    /** More tags than a span holds are kept among the attributes as well. */
    private void tags(SpanDraft draft) throws MalformedSpan {
        if (!slots.isFilled(AttributeRule.TAGS_SLOT)) {
            return;
        }
        slots.begin(draft, AttributeRule.TAGS_SLOT, attribute);
        boolean whole = tags.addTo(draft, attribute);
        draft.endOfAttribute();
        if (!whole) {
            slots.keep(draft, AttributeRule.TAGS_SLOT);
        }
    }
}
