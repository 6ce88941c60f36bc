package io.millrace.ingest.otlp;

import io.millrace.ingest.span.TextField;
import io.millrace.schema.usage.ReportedCount;
import java.nio.charset.StandardCharsets;

/**
 * What one attribute key means. Several keys may fill one slot; the one with the smaller rank wins, whatever their
 * order on the wire, and the others stay attributes.
 */
final class AttributeRule {
    /** How a value is read, and what it says beside filling its slot. */
    enum Role {
        /** A short text or number that becomes a column. */
        TEXT,
        /** A model's name: a span that says no more is a call to it. */
        MODEL,
        /** Names what the span does, and thereby its kind. */
        OPERATION,
        /** The mere presence makes the span an error. */
        ERROR_TYPE,
        /** A text, or any structure, which is then kept as JSON. */
        PAYLOAD,
        /** A number of tokens. */
        COUNT,
        /** Seconds until the first token, as a number. */
        FIRST_TOKEN_SECONDS,
        STREAMING,
        FINISH_REASONS,
        /** US dollars, as a number or decimal text. */
        COST,
        /** A price class; the ordinary ones are left out. */
        SERVICE_TIER,
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
    static final int SLOTS = FINISH_REASONS_SLOT + 1;

    private static final TextField[] TEXT_FIELDS = TextField.values();
    private static final ReportedCount[] COUNTS = ReportedCount.values();

    final byte[] key;
    final Role role;
    final int slot;
    final int rank;

    private AttributeRule(String key, Role role, int slot, int rank) {
        this.key = key.getBytes(StandardCharsets.US_ASCII);
        this.role = role;
        this.slot = slot;
        this.rank = rank;
    }

    static AttributeRule text(TextField field, int rank, String key) {
        return text(Role.TEXT, field, rank, key);
    }

    static AttributeRule text(Role role, TextField field, int rank, String key) {
        return new AttributeRule(key, role, field.ordinal(), rank);
    }

    static AttributeRule count(ReportedCount count, int rank, String key) {
        return new AttributeRule(key, Role.COUNT, FIRST_COUNT_SLOT + count.ordinal(), rank);
    }

    static AttributeRule firstTokenSeconds(int rank, String key) {
        return new AttributeRule(key, Role.FIRST_TOKEN_SECONDS, FIRST_TOKEN_SLOT, rank);
    }

    static AttributeRule streaming(int rank, String key) {
        return new AttributeRule(key, Role.STREAMING, STREAMING_SLOT, rank);
    }

    static AttributeRule finishReasons(int rank, String key) {
        return new AttributeRule(key, Role.FINISH_REASONS, FINISH_REASONS_SLOT, rank);
    }

    /** A rule that fills no slot. */
    static AttributeRule mark(Role role, String key) {
        return new AttributeRule(key, role, -1, 0);
    }

    TextField field() {
        return TEXT_FIELDS[slot];
    }

    ReportedCount count() {
        return COUNTS[slot - FIRST_COUNT_SLOT];
    }
}
