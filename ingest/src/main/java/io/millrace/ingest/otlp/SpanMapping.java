package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanStatus;

/**
 * Turns the attributes of one span into its fields, by the rules of the convention families. What fills a field is not
 * kept twice, unless the field could not hold it whole; whatever else there is stays an attribute.
 */
final class SpanMapping {
    private static final double SECOND = 1;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final int LONGEST_TIER = 32;

    private final AttributeRules rules;
    private final Slots slots = new Slots();
    /** What is made of attributes, as long as the draft needs it. */
    private final WireWriter texts = new WireWriter(256);

    private final JsonRendering json;
    private final Structure structure;
    private final TextList textList = new TextList();
    private final KindDecision kinds = new KindDecision();
    private final Payloads payloads;
    private final SpanMessages messages;
    private final TokenCounts tokens = new TokenCounts(slots);
    private final ReportedCost cost = new ReportedCost(slots);
    private final FirstToken firstToken = new FirstToken(slots);
    private final SpanName name = new SpanName(slots);
    private final LateFields late;

    private Scope scope = Scope.OTHER;
    private boolean failed;

    SpanMapping(AttributeRules rules, RequestContext context) {
        this.rules = rules;
        this.json = new JsonRendering(context);
        this.structure = new Structure(json, texts);
        this.late = new LateFields(slots, textList, new TagList(context.limits().maxTags(), textList));
        this.payloads = new Payloads(slots, json, texts);
        this.messages = new SpanMessages(json, context);
    }

    /** Begins a span whose attributes are all in {@code bytes}. */
    void begin(byte[] bytes, Scope by) {
        scope = by;
        failed = false;
        slots.begin(bytes);
        texts.clear();
        kinds.begin();
        payloads.begin();
        messages.begin();
        tokens.begin();
        cost.begin();
        firstToken.begin();
        name.begin();
    }

    /** The span's own name, which stands in the bytes that the span began with. */
    void name(byte[] bytes, int from, int length) {
        name.set(bytes, from, length);
    }

    /** Takes an attribute of the span: into a field, or among the remaining attributes. */
    void attribute(SpanDraft draft, Attribute attribute) throws MalformedSpan {
        AttributeRule rule = rules.find(attribute.bytes, attribute.keyFrom, attribute.keyLength);
        boolean taken = rule == null ? payloads.takeFlat(attribute) : apply(draft, rule, attribute, Place.ATTRIBUTE);
        if (!taken && !attribute.isNaN()) {
            keep(draft, attribute);
        }
    }

    private static void keep(SpanDraft draft, Attribute attribute) throws MalformedSpan {
        int textLength = attribute.isText() ? attribute.valueLength : 0;
        boolean kept = attribute.plain
                && draft.plainAttribute(
                        attribute.bytes,
                        attribute.from,
                        attribute.length,
                        attribute.keyFrom,
                        attribute.keyLength,
                        attribute.valueFrom,
                        textLength);
        if (!kept) {
            draft.attribute(attribute.bytes, attribute.from, attribute.length);
        }
    }

    /** Takes an attribute of a span event, which fills a field only if the span's own attributes do not. */
    void eventAttribute(SpanDraft draft, Attribute attribute) throws MalformedSpan {
        AttributeRule rule = rules.find(attribute.bytes, attribute.keyFrom, attribute.keyLength);
        if (rule != null && rule.role == AttributeRule.Role.PAYLOAD) {
            payloads.take(draft, rule, attribute, Place.EVENT);
        }
    }

    /**
     * Takes a span event that is one message of the conversation, and which fills a field only if nothing else does.
     *
     * @return false if the project wants no messages of this name
     */
    boolean message(GenAiEvent event, byte[] bytes, int nameFrom, int nameLength, int from, int length)
            throws MalformedSpan {
        return messages.take(event, bytes, nameFrom, nameLength, from, length);
    }

    /** An event says that the first token came then, in nanoseconds since the epoch. */
    void firstTokenEvent(long epochNanos) {
        firstToken.event(epochNanos);
    }

    private boolean apply(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place) throws MalformedSpan {
        kinds.hear(rule, attribute);
        return switch (rule.role) {
            case PAYLOAD -> payloads.take(draft, rule, attribute, place);
            case COUNT -> tokens.take(draft, rule, attribute, place);
            case COST -> cost.take(draft, rule, attribute, place);
            case COST_PART -> costPart(draft, rule, attribute);
            case FIRST_TOKEN_SECONDS -> firstToken.takeNumber(draft, rule, attribute, SECOND, place);
            case FIRST_TOKEN_MILLIS -> firstToken.takeNumber(draft, rule, attribute, MILLIS_PER_SECOND, place);
            case FIRST_TOKEN_AT -> firstToken.takeInstant(draft, rule, attribute, place);
            case FINISH_REASONS, TAGS -> textList.isIn(attribute) && slots.claim(draft, rule, attribute, place);
            case STREAMING -> streaming(draft, rule, attribute, place);
            case APP_ROOT -> appRoot(draft, attribute);
            case STRUCTURE, USAGE_DETAILS, COST_DETAILS -> structure(draft, rule, attribute);
            case KIND, TOOL_MARK, AGENT_MARK -> mark(rule, attribute);
            default -> column(draft, rule, attribute, place);
        };
    }

    private boolean column(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place) throws MalformedSpan {
        boolean taken = switch (rule.role) {
            case PROVIDER -> provider(draft, rule, attribute, place);
            case SERVICE_TIER -> serviceTier(draft, rule, attribute, place);
            case LATE_TEXT ->
                attribute.isText() && attribute.valueLength > 0 && slots.claim(draft, rule, attribute, place);
            default -> text(draft, rule, attribute, place);
        };
        if (taken) {
            switch (rule.role) {
                case MODEL -> kinds.model();
                case ERROR_TYPE -> failed = true;
                case LEVEL ->
                    failed |= attribute.isText() && attribute.asString().equalsIgnoreCase("error");
                default -> {}
            }
        }
        return taken;
    }

    private boolean text(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place) throws MalformedSpan {
        if (attribute.isText()) {
            return attribute.valueLength > 0
                    && slots.claim(draft, rule, attribute, place)
                    && set(draft, rule, attribute.bytes, attribute.valueFrom, attribute.valueLength);
        }
        if (attribute.type != Attribute.INT && attribute.type != Attribute.BOOL && attribute.type != Attribute.DOUBLE
                || attribute.type == Attribute.DOUBLE && !Double.isFinite(attribute.asDouble())
                || !slots.claim(draft, rule, attribute, place)) {
            return false;
        }
        int start = texts.size();
        json.write(texts, attribute);
        return set(draft, rule, texts.array(), start, texts.size() - start);
    }

    /** Sets a column; a value that had to be cut stays whole among the attributes. */
    private boolean set(SpanDraft draft, AttributeRule rule, byte[] bytes, int start, int size) throws MalformedSpan {
        if (draft.text(rule.field(), bytes, start, size)) {
            slots.keep(draft, rule.slot);
        }
        return true;
    }

    /** A name that had to be made another stays as it was sent among the attributes. */
    private boolean provider(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place)
            throws MalformedSpan {
        if (!attribute.isText()
                || ProviderName.isFramework(attribute.bytes, attribute.valueFrom, attribute.valueLength)) {
            return false;
        }
        boolean taken = text(draft, rule, attribute, place);
        if (taken && !ProviderName.isPlain(attribute.bytes, attribute.valueFrom, attribute.valueLength)) {
            String sent = attribute.asString();
            String known = ProviderName.of(sent);
            if (!known.equals(sent)) {
                draft.text(rule.field(), known);
                slots.keep(draft, rule.slot);
            }
        }
        return taken;
    }

    private boolean serviceTier(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place)
            throws MalformedSpan {
        if (!attribute.isText() || attribute.valueLength > LONGEST_TIER) {
            return false;
        }
        return switch (attribute.asString()) {
            case "", "auto", "default", "standard" -> false;
            default -> text(draft, rule, attribute, place);
        };
    }

    private boolean costPart(SpanDraft draft, AttributeRule rule, Attribute attribute) throws MalformedSpan {
        cost.takePart(draft, rule, attribute);
        return false;
    }

    private boolean streaming(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place)
            throws MalformedSpan {
        if (attribute.type != Attribute.BOOL || !slots.claim(draft, rule, attribute, place)) {
            return false;
        }
        draft.streaming(attribute.number != 0);
        return true;
    }

    private static boolean appRoot(SpanDraft draft, Attribute attribute) {
        boolean root = attribute.type == Attribute.BOOL && attribute.number != 0;
        if (root) {
            draft.mark(Mark.APP_ROOT);
        }
        return root;
    }

    private boolean mark(AttributeRule rule, Attribute attribute) {
        if (attribute.isText() && attribute.valueLength > 0) {
            switch (rule.role) {
                case TOOL_MARK -> kinds.tool();
                case AGENT_MARK -> kinds.agent();
                default -> {}
            }
        }
        return false;
    }

    /** Reads a structure, which stays an attribute, since it holds more than what is taken from it. */
    private boolean structure(SpanDraft draft, AttributeRule rule, Attribute attribute) throws MalformedSpan {
        switch (rule.role) {
            case USAGE_DETAILS -> tokens.takeDetails(structure, attribute);
            case COST_DETAILS -> cost.takeDetails(draft, rule, structure, attribute);
            default -> structure.read(attribute, (path, value) -> member(draft, path, value));
        }
        return false;
    }

    private void member(SpanDraft draft, Structure.Path path, Attribute value) throws MalformedSpan {
        AttributeRule rule = rules.find(path.bytes(), 0, path.length());
        if (rule != null) {
            apply(draft, rule, value, Place.MEMBER);
        }
    }

    /** Decides what the attributes mean together. Times and status must be in the draft, the span's events must be read. */
    void finish(SpanDraft draft) throws MalformedSpan {
        if (failed) {
            draft.status(SpanStatus.ERROR);
        }
        name.finish(draft);
        payloads.finish(draft);
        messages.finish(draft);
        late.finish(draft);
        cost.finish(draft);
        firstToken.finish(draft);
        boolean used = tokens.finish(draft, scope);
        boolean reports = used || draft.has(TextField.REPORTED_COST_USD) || slots.isFilled(TextField.PROMPT_NAME);
        kinds.decide(draft, reports, used);
        if (json.hasLeftOut()) {
            draft.mark(Mark.MASKED);
        }
    }
}
