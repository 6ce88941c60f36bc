package io.millrace.ingest.otlp;

import io.millrace.ingest.span.TextField;
import io.millrace.schema.usage.ReportedCount;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one attribute key means. Several keys may fill one slot; the one with the smaller rank wins, whatever their
 * order on the wire, and the others stay attributes. The key of a member of a structure is the structure's, a slash, and
 * the names of the members that lead to it, with slashes between them.
 */
final class AttributeRule {
    /** How a value is read, and what it says beside filling its slot. */
    enum Role {
        /** A short text or number that becomes a column. */
        TEXT,
        /** A text that is decided on when the whole span is known. */
        LATE_TEXT,
        /** A model's name: a span that says no more is a call to it. */
        MODEL,
        /** Whom a model is asked from. */
        PROVIDER,
        /** Names the kind of the span, and stays an attribute: several values may mean one kind. */
        KIND,
        /** The mere presence makes the span an error. */
        ERROR_TYPE,
        /** How grave it is; one of the values makes the span an error. */
        LEVEL,
        /** A text, or any structure, which is then kept as JSON. */
        PAYLOAD,
        /** A number of tokens. */
        COUNT,
        /** A structure of token counts that stand beside each other, by names that nobody has listed. */
        USAGE_DETAILS,
        /** Seconds until the first token, as a number. */
        FIRST_TOKEN_SECONDS,
        /** Milliseconds until the first token, as a number. */
        FIRST_TOKEN_MILLIS,
        /** When the first token came, as text (ISO 8601), with or without quotation marks of its own. */
        FIRST_TOKEN_AT,
        STREAMING,
        FINISH_REASONS,
        /** An array of texts, its JSON, or a text with commas. */
        TAGS,
        /** US dollars, as a number or decimal text. */
        COST,
        /** US dollars for one side of a call; stays where it is, and counts only where no total is given. */
        COST_PART,
        /** A structure of US dollars: a total, or parts that add up to it. */
        COST_DETAILS,
        /** A price class; the ordinary ones are left out. */
        SERVICE_TIER,
        /** A structure, as JSON or not, some of whose members have rules; it stays an attribute. */
        STRUCTURE,
        /** True of the span that the application itself calls its outermost. */
        APP_ROOT,
        /** Stays an attribute; says that the span is a tool's. */
        TOOL_MARK,
        /** Stays an attribute; says that the span is an agent's. */
        AGENT_MARK
    }

    /** Slots: one per text field, then one per token count, then these. */
    static final int FIRST_COUNT_SLOT = TextField.values().length;

    static final int FIRST_TOKEN_SLOT = FIRST_COUNT_SLOT + ReportedCount.values().length;
    static final int STREAMING_SLOT = FIRST_TOKEN_SLOT + 1;
    static final int FINISH_REASONS_SLOT = STREAMING_SLOT + 1;
    static final int TAGS_SLOT = FINISH_REASONS_SLOT + 1;
    static final int INPUT_COST_SLOT = TAGS_SLOT + 1;
    static final int OUTPUT_COST_SLOT = INPUT_COST_SLOT + 1;
    static final int SLOTS = OUTPUT_COST_SLOT + 1;

    private static final int NO_SLOT = -1;
    private static final TextField[] TEXT_FIELDS = TextField.values();
    private static final ReportedCount[] COUNTS = ReportedCount.values();

    final byte[] key;
    final Role role;
    final int slot;
    final int rank;
    /** What the values say of the span's kind; null when they say nothing. */
    final @Nullable KindNames kinds;
    /** Of several attributes that name a kind the one with the least is believed. */
    final int kindRank;

    private AttributeRule(byte[] key, Role role, int slot, int rank, @Nullable KindNames kinds, int kindRank) {
        this.key = key;
        this.role = role;
        this.slot = slot;
        this.rank = rank;
        this.kinds = kinds;
        this.kindRank = kindRank;
    }

    private static AttributeRule rule(Role role, int slot, int rank, String key) {
        return new AttributeRule(key.getBytes(StandardCharsets.US_ASCII), role, slot, rank, null, 0);
    }

    static AttributeRule text(TextField field, int rank, String key) {
        return text(Role.TEXT, field, rank, key);
    }

    static AttributeRule text(Role role, TextField field, int rank, String key) {
        return rule(role, field.ordinal(), rank, key);
    }

    static AttributeRule count(ReportedCount count, int rank, String key) {
        return rule(Role.COUNT, FIRST_COUNT_SLOT + count.ordinal(), rank, key);
    }

    static AttributeRule inputCost(int rank, String key) {
        return rule(Role.COST_PART, INPUT_COST_SLOT, rank, key);
    }

    static AttributeRule outputCost(int rank, String key) {
        return rule(Role.COST_PART, OUTPUT_COST_SLOT, rank, key);
    }

    /** @param role one of those that tell the time of the first token */
    static AttributeRule firstToken(Role role, int rank, String key) {
        return rule(role, FIRST_TOKEN_SLOT, rank, key);
    }

    static AttributeRule streaming(int rank, String key) {
        return rule(Role.STREAMING, STREAMING_SLOT, rank, key);
    }

    static AttributeRule finishReasons(int rank, String key) {
        return rule(Role.FINISH_REASONS, FINISH_REASONS_SLOT, rank, key);
    }

    static AttributeRule tags(int rank, String key) {
        return rule(Role.TAGS, TAGS_SLOT, rank, key);
    }

    /** A rule that fills no slot. */
    static AttributeRule mark(Role role, String key) {
        return rule(role, NO_SLOT, 0, key);
    }

    static AttributeRule structure(String key) {
        return mark(Role.STRUCTURE, key);
    }

    /** A rule that fills no slot, and whose values name kinds. */
    static AttributeRule kind(int kindRank, String key, KindNames kinds) {
        return mark(Role.KIND, key).telling(kindRank, kinds);
    }

    /** This rule, for an attribute whose values name kinds as well. */
    AttributeRule telling(int byRank, KindNames names) {
        return new AttributeRule(key, role, slot, rank, names, byRank);
    }

    TextField field() {
        return TEXT_FIELDS[slot];
    }

    ReportedCount count() {
        return COUNTS[slot - FIRST_COUNT_SLOT];
    }
}
