package io.millrace.ingest.span;

import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;

/** The single-valued texts of a span, each with its place in the wire contract. */
public enum TextField {
    NAME(SpanMessage.NAME_FIELD_NUMBER, false),
    PROVIDER(SpanMessage.PROVIDER_FIELD_NUMBER, false),
    REQUEST_MODEL(SpanMessage.REQUEST_MODEL_FIELD_NUMBER, false),
    RESPONSE_MODEL(SpanMessage.RESPONSE_MODEL_FIELD_NUMBER, false),
    OPERATION(SpanMessage.OPERATION_FIELD_NUMBER, false),
    REPORTED_COST_USD(SpanMessage.REPORTED_COST_USD_FIELD_NUMBER, false),
    PROMPT_NAME(SpanMessage.PROMPT_NAME_FIELD_NUMBER, false),
    PROMPT_VERSION(SpanMessage.PROMPT_VERSION_FIELD_NUMBER, false),
    SESSION_ID(SpanMessage.SESSION_ID_FIELD_NUMBER, false),
    USER_ID(SpanMessage.USER_ID_FIELD_NUMBER, false),
    ENVIRONMENT(SpanMessage.ENVIRONMENT_FIELD_NUMBER, false),
    RELEASE(SpanMessage.RELEASE_FIELD_NUMBER, false),
    ERROR_TYPE(SpanMessage.ERROR_TYPE_FIELD_NUMBER, false),
    EXTERNAL_TRACE_ID(SpanMessage.EXTERNAL_TRACE_ID_FIELD_NUMBER, false),
    SERVICE_TIER(SpanMessage.SERVICE_TIER_FIELD_NUMBER, false),
    INPUT(SpanBody.INPUT_FIELD_NUMBER, true),
    OUTPUT(SpanBody.OUTPUT_FIELD_NUMBER, true),
    STATUS_MESSAGE(SpanBody.STATUS_MESSAGE_FIELD_NUMBER, true),
    TRACE_STATE(SpanBody.TRACE_STATE_FIELD_NUMBER, true),
    LEVEL(SpanBody.LEVEL_FIELD_NUMBER, true),
    EXTERNAL_SPAN_ID(SpanBody.EXTERNAL_ID_FIELD_NUMBER, true);

    static final int COUNT = values().length;

    private final int wireNumber;
    private final boolean inBody;

    TextField(int wireNumber, boolean inBody) {
        this.wireNumber = wireNumber;
        this.inBody = inBody;
    }

    int wireNumber() {
        return wireNumber;
    }

    /** Whether the text belongs to the body, which is stored apart, and not to the fact. */
    boolean inBody() {
        return inBody;
    }

    /** Whether the blob store keeps it whole where it is large. */
    boolean isStoredWhole() {
        return this == INPUT || this == OUTPUT;
    }

    /** Whether it is what people or models wrote. */
    boolean isPayload() {
        return this == INPUT || this == OUTPUT || this == STATUS_MESSAGE;
    }
}
