package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What went into a span and what came out: one text each, whichever of many attributes tell it. */
final class Payloads {
    private final Slots slots;
    private final JsonRendering json;
    private final WireWriter texts;
    private final FlatList[] lists;
    private final Attribute payload = new Attribute();

    /** @param texts keeps what is written until the span is encoded */
    Payloads(Slots slots, JsonRendering json, WireWriter texts) {
        this.slots = slots;
        this.json = json;
        this.texts = texts;
        this.lists = new FlatList[] {
            OpenInferenceConvention.list("llm.input_messages.", TextField.INPUT, json),
            OpenInferenceConvention.list("llm.output_messages.", TextField.OUTPUT, json),
            OpenInferenceConvention.list("retrieval.documents.", TextField.OUTPUT, json),
            OpenInferenceConvention.list("reranker.output_documents.", TextField.OUTPUT, json),
            GenAiConvention.list("gen_ai.prompt.", TextField.INPUT, json),
            GenAiConvention.list("gen_ai.completion.", TextField.OUTPUT, json)
        };
    }

    void begin() {
        for (FlatList list : lists) {
            list.clear();
        }
    }

    boolean take(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place) throws MalformedSpan {
        return attribute.type != Attribute.NONE
                && !(attribute.isText() && attribute.valueLength == 0)
                && !attribute.isNaN()
                && slots.claim(draft, rule, attribute, place);
    }

    /** Whether the attribute, which has no rule, belongs to a list that was sent flat. */
    boolean takeFlat(Attribute attribute) {
        for (FlatList list : lists) {
            if (list.take(attribute)) {
                return true;
            }
        }
        return false;
    }

    void finish(SpanDraft draft) throws MalformedSpan {
        for (FlatList list : lists) {
            if (!list.isEmpty()) {
                finish(draft, list);
            }
        }
        finish(draft, TextField.INPUT);
        finish(draft, TextField.OUTPUT);
    }

    private void finish(SpanDraft draft, FlatList list) throws MalformedSpan {
        TextField field = list.field();
        if (draft.has(field) || !isBest(list)) {
            list.restore(draft);
            return;
        }
        slots.release(draft, field.ordinal());
        int start = texts.size();
        list.write(texts, draft);
        int size = texts.size() - start;
        if (draft.text(field, texts.array(), start, size)) {
            byte[] key = field.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
            draft.truncatedFrom(key, 0, key.length, size);
        }
    }

    /**
     * Whether nothing says better what the list says. The one text beside a flat list is, of a model call, the request or
     * the answer as the provider's API has it: the list is an excerpt of that. Where it is no JSON, as with answers that were
     * streamed, it is only what was said, and the list knows by whom, and the calls of tools as well.
     */
    private boolean isBest(FlatList list) throws MalformedSpan {
        int slot = list.field().ordinal();
        if (slots.rank(slot) > list.rank()) {
            return true;
        }
        if (slots.rank(slot) != list.plainRank()) {
            return false;
        }
        slots.read(slot, payload);
        return payload.isText() && !isStructure(payload);
    }

    private static boolean isStructure(Attribute text) {
        for (int i = text.valueFrom; i < text.valueFrom + text.valueLength; i++) {
            byte next = text.bytes[i];
            if (next > ' ' || next < 0) {
                return next == '{' || next == '[';
            }
        }
        return false;
    }

    private void finish(SpanDraft draft, TextField field) throws MalformedSpan {
        int slot = field.ordinal();
        if (!slots.isFilled(slot)) {
            return;
        }
        slots.begin(draft, slot, payload);
        byte[] bytes = payload.bytes;
        int start = payload.valueFrom;
        int size = payload.valueLength;
        if (!payload.isText()) {
            start = texts.size();
            json.write(texts, payload);
            bytes = texts.array();
            size = texts.size() - start;
        }
        if (draft.text(field, bytes, start, size)) {
            draft.truncatedFrom(payload.bytes, payload.keyFrom, payload.keyLength, size);
        }
        draft.endOfAttribute();
    }
}
