package io.millrace.ingest.otlp;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.NormalisedUsage;
import io.millrace.schema.usage.ReportedUsage;
import io.millrace.schema.usage.TokenCount;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns the attributes of one span into its fields, by the rules of the convention families. Attributes may come in any
 * order: each slot remembers the rank of what fills it, and an attribute that is outranked later goes back among the
 * attributes. What fills a field is not kept twice, unless the field could not hold it whole.
 */
final class SpanMapping {
    private static final int EMPTY = Integer.MAX_VALUE;
    /** Filled by something that is not an attribute of the span, and stays where it is when outranked. */
    private static final int NOWHERE = -1;
    /** What events say ranks below everything that attributes say. */
    private static final int EVENT_RANK = 1 << 16;
    /** Decimal digits beyond which a reported cost is no amount of money. */
    private static final int MAX_COST_DIGITS = 30;

    private final AttributeRules rules;
    private final ReportedUsage usage = new ReportedUsage();
    private final WireWriter texts = new WireWriter(256);
    private final WireReader reader = new WireReader();
    private final Attribute element = new Attribute();
    private final JsonRendering json;
    private final MessageList prompts;
    private final MessageList completions;

    private final int[] ranks = new int[AttributeRule.SLOTS];
    private final int[] from = new int[AttributeRule.SLOTS];
    private final int[] length = new int[AttributeRule.SLOTS];
    private byte[] source = new byte[0];
    private boolean modelled;
    private boolean toolMark;
    private boolean agentMark;
    private boolean errorMark;
    private GenAiConvention.@Nullable Operation operation;

    SpanMapping(AttributeRules rules, RequestContext context) {
        this.rules = rules;
        this.json = new JsonRendering(context.limits().maxNesting());
        this.prompts = new MessageList("gen_ai.prompt.", json);
        this.completions = new MessageList("gen_ai.completion.", json);
    }

    /** Begins a span whose attributes are all in {@code bytes}. */
    void begin(byte[] bytes) {
        source = bytes;
        Arrays.fill(ranks, EMPTY);
        usage.clear();
        texts.clear();
        prompts.clear();
        completions.clear();
        modelled = false;
        toolMark = false;
        agentMark = false;
        errorMark = false;
        operation = null;
    }

    /** Takes an attribute of the span: into a field, or among the remaining attributes. */
    void attribute(SpanDraft draft, Attribute attribute) throws MalformedSpan {
        AttributeRule rule = rules.find(attribute.bytes, attribute.keyFrom, attribute.keyLength);
        boolean taken = rule != null ? apply(draft, rule, attribute, attribute.from) : indexed(attribute);
        if (!taken && !attribute.isNaN()) {
            draft.attribute(attribute.bytes, attribute.from, attribute.length);
        }
    }

    /** Takes an attribute of a span event, which fills a field only if the span's own attributes do not. */
    void eventAttribute(SpanDraft draft, Attribute attribute) throws MalformedSpan {
        AttributeRule rule = rules.find(attribute.bytes, attribute.keyFrom, attribute.keyLength);
        if (rule != null && rule.role == Role.PAYLOAD) {
            apply(draft, rule, attribute, NOWHERE);
        }
    }

    private boolean indexed(Attribute attribute) {
        return prompts.take(attribute) || completions.take(attribute);
    }

    private boolean apply(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        return switch (rule.role) {
            case TEXT -> text(draft, rule, attribute, at);
            case MODEL -> {
                boolean taken = text(draft, rule, attribute, at);
                modelled |= taken;
                yield taken;
            }
            case OPERATION -> operation(draft, rule, attribute, at);
            case ERROR_TYPE -> {
                boolean taken = text(draft, rule, attribute, at);
                errorMark |= taken;
                yield taken;
            }
            case PAYLOAD -> payload(draft, rule, attribute, at);
            case COUNT -> count(draft, rule, attribute, at);
            case FIRST_TOKEN_SECONDS -> firstToken(draft, rule, attribute, at);
            case STREAMING -> streaming(draft, rule, attribute, at);
            case FINISH_REASONS -> finishReasons(draft, rule, attribute, at);
            case COST -> cost(draft, rule, attribute, at);
            case SERVICE_TIER -> serviceTier(draft, rule, attribute, at);
            case TOOL_MARK -> {
                toolMark |= attribute.isText() && attribute.valueLength > 0;
                yield false;
            }
            case AGENT_MARK -> {
                agentMark |= attribute.isText() && attribute.valueLength > 0;
                yield false;
            }
        };
    }

    /** Whether the slot takes something of this rank; what it held before goes back among the attributes. */
    private boolean claim(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        int slot = rule.slot;
        int rank = at == NOWHERE ? rule.rank + EVENT_RANK : rule.rank;
        if (ranks[slot] <= rank) {
            return false;
        }
        if (ranks[slot] != EMPTY && from[slot] != NOWHERE) {
            draft.attribute(source, from[slot], length[slot]);
        }
        ranks[slot] = rank;
        from[slot] = at;
        length[slot] = attribute.length;
        return true;
    }

    private boolean text(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        if (attribute.isText()) {
            return attribute.valueLength > 0
                    && claim(draft, rule, attribute, at)
                    && column(draft, rule, attribute, attribute.bytes, attribute.valueFrom, attribute.valueLength);
        }
        if (attribute.type != Attribute.INT && attribute.type != Attribute.BOOL && attribute.type != Attribute.DOUBLE
                || attribute.isNaN()
                || !claim(draft, rule, attribute, at)) {
            return false;
        }
        int start = texts.size();
        json.write(texts, attribute);
        return column(draft, rule, attribute, texts.array(), start, texts.size() - start);
    }

    /** Sets a column; a value that had to be cut stays whole among the attributes. */
    private boolean column(SpanDraft draft, AttributeRule rule, Attribute attribute, byte[] bytes, int start, int size)
            throws MalformedSpan {
        if (draft.text(rule.field(), bytes, start, size)) {
            draft.attribute(attribute.bytes, attribute.from, attribute.length);
            from[rule.slot] = NOWHERE;
        }
        return true;
    }

    private boolean operation(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        if (!attribute.isText() || !text(draft, rule, attribute, at)) {
            return false;
        }
        operation = GenAiConvention.Operation.of(attribute.bytes, attribute.valueFrom, attribute.valueLength);
        return true;
    }

    private boolean payload(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        if (attribute.type == Attribute.NONE
                || attribute.isText() && attribute.valueLength == 0
                || attribute.isNaN()
                || !claim(draft, rule, attribute, at)) {
            return false;
        }
        if (attribute.isText()) {
            setPayload(draft, rule.field(), attribute, attribute.bytes, attribute.valueFrom, attribute.valueLength);
        } else {
            int start = texts.size();
            json.write(texts, attribute);
            setPayload(draft, rule.field(), attribute, texts.array(), start, texts.size() - start);
        }
        return true;
    }

    private static void setPayload(
            SpanDraft draft, TextField field, Attribute attribute, byte[] bytes, int start, int size) {
        if (draft.text(field, bytes, start, size)) {
            draft.truncatedFrom(attribute.bytes, attribute.keyFrom, attribute.keyLength, size);
        }
    }

    private boolean count(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        long tokens = tokens(attribute);
        if (tokens == TokenCount.ABSENT) {
            return false;
        }
        if (tokens == TokenCount.UNUSABLE) {
            usage.set(rule.count(), tokens);
            return false;
        }
        if (!claim(draft, rule, attribute, at)) {
            return false;
        }
        usage.set(rule.count(), tokens);
        return true;
    }

    private static long tokens(Attribute attribute) {
        return switch (attribute.type) {
            case Attribute.INT -> TokenCount.of(attribute.number);
            case Attribute.DOUBLE -> TokenCount.of(attribute.asDouble());
            case Attribute.TEXT ->
                attribute.valueLength > 64 ? TokenCount.UNUSABLE : TokenCount.of(attribute.asString());
            case Attribute.NONE -> TokenCount.ABSENT;
            default -> TokenCount.UNUSABLE;
        };
    }

    private boolean firstToken(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        double seconds = attribute.type == Attribute.DOUBLE
                ? attribute.asDouble()
                : attribute.type == Attribute.INT ? attribute.number : Double.NaN;
        // Beyond a year it is some other unit, or an instant.
        if (!(seconds > 0 && seconds < 31_536_000) || !claim(draft, rule, attribute, at)) {
            return false;
        }
        draft.timeToFirstTokenNanos(Math.round(seconds * 1e9));
        return true;
    }

    private boolean streaming(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        if (attribute.type != Attribute.BOOL || !claim(draft, rule, attribute, at)) {
            return false;
        }
        draft.streaming(attribute.number != 0);
        return true;
    }

    /** The first spelling met is taken; two on one span say the same. */
    private boolean finishReasons(SpanDraft draft, AttributeRule rule, Attribute attribute, int at)
            throws MalformedSpan {
        if (ranks[rule.slot] != EMPTY) {
            return false;
        }
        if (attribute.isText() && attribute.valueLength > 0) {
            draft.finishReason(attribute.bytes, attribute.valueFrom, attribute.valueLength);
            return claim(draft, rule, attribute, at);
        }
        return attribute.type == Attribute.ARRAY
                && isTexts(attribute)
                && claim(draft, rule, attribute, at)
                && addFinishReasons(draft, attribute);
    }

    private boolean isTexts(Attribute array) throws MalformedSpan {
        reader.reset(array.bytes, array.valueFrom, array.valueFrom + array.valueLength);
        boolean texts = false;
        while (nextElement()) {
            if (!element.isText()) {
                return false;
            }
            texts = true;
        }
        return texts;
    }

    private boolean addFinishReasons(SpanDraft draft, Attribute array) throws MalformedSpan {
        reader.reset(array.bytes, array.valueFrom, array.valueFrom + array.valueLength);
        while (nextElement()) {
            draft.finishReason(element.bytes, element.valueFrom, element.valueLength);
        }
        return true;
    }

    private boolean nextElement() throws MalformedSpan {
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag == (1 << 3 | WireWriter.LENGTH_DELIMITED)) {
                int outer = reader.enter(reader.length());
                element.bytes = reader.array();
                element.type = Attribute.NONE;
                element.readValue(reader);
                reader.leave(outer);
                return true;
            }
            reader.skip(tag);
        }
        return false;
    }

    private boolean cost(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        BigDecimal cost = decimal(attribute);
        if (cost == null || cost.signum() < 0 || !claim(draft, rule, attribute, at)) {
            return false;
        }
        draft.text(rule.field(), cost.toPlainString());
        return true;
    }

    private static @Nullable BigDecimal decimal(Attribute attribute) {
        try {
            BigDecimal value = switch (attribute.type) {
                case Attribute.DOUBLE -> BigDecimal.valueOf(attribute.asDouble());
                case Attribute.INT -> BigDecimal.valueOf(attribute.number);
                case Attribute.TEXT ->
                    attribute.valueLength > MAX_COST_DIGITS
                            ? null
                            : new BigDecimal(attribute.asString().strip());
                default -> null;
            };
            return value != null && Math.abs((long) value.scale()) <= MAX_COST_DIGITS ? value : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    private boolean serviceTier(SpanDraft draft, AttributeRule rule, Attribute attribute, int at) throws MalformedSpan {
        if (!attribute.isText() || attribute.valueLength > 32) {
            return false;
        }
        return switch (attribute.asString()) {
            case "", "auto", "default", "standard" -> false;
            default -> text(draft, rule, attribute, at);
        };
    }

    /** Decides what the attributes mean together. The status must be in the draft, the span's events must be read. */
    void finish(SpanDraft draft) throws MalformedSpan {
        messages(draft, prompts, TextField.INPUT);
        messages(draft, completions, TextField.OUTPUT);
        boolean used = usage(draft);
        draft.kind(kind(used));
        if (operation != null && operation.sumsUpChildren()) {
            draft.mark(Mark.USAGE_OF_CHILDREN);
        }
        if (errorMark) {
            draft.status(SpanStatus.ERROR);
        }
    }

    private void messages(SpanDraft draft, MessageList list, TextField field) throws MalformedSpan {
        if (list.isEmpty()) {
            return;
        }
        int slot = field.ordinal();
        boolean free = ranks[slot] == EMPTY || ranks[slot] >= EVENT_RANK;
        if (free) {
            int start = texts.size();
            list.write(texts);
            int size = texts.size() - start;
            if (draft.text(field, texts.array(), start, size)) {
                byte[] key = field.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
                draft.truncatedFrom(key, 0, key.length, size);
            }
        } else {
            list.restore(draft);
        }
    }

    /** Whether the span reports usage. Numbers that contradict each other are also kept as they were sent. */
    private boolean usage(SpanDraft draft) throws MalformedSpan {
        NormalisedUsage normalised = usage.inclusive();
        if (normalised.usage() != null) {
            draft.usage(normalised.usage());
        }
        if (normalised.suspect()) {
            draft.mark(Mark.USAGE_SUSPECT);
            for (int slot = AttributeRule.FIRST_COUNT_SLOT; slot < AttributeRule.FIRST_TOKEN_SLOT; slot++) {
                if (ranks[slot] != EMPTY) {
                    draft.attribute(source, from[slot], length[slot]);
                }
            }
        }
        return normalised.usage() != null;
    }

    private SpanKind kind(boolean used) {
        if (operation != null) {
            return operation.kind();
        }
        if (toolMark) {
            return SpanKind.TOOL;
        }
        if (agentMark) {
            return SpanKind.AGENT;
        }
        return modelled || used ? SpanKind.LLM : SpanKind.SPAN;
    }
}
