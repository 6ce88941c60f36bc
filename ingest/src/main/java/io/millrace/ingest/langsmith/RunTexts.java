package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A run's name, payloads, error and tags, each at which a parser stands and read to its end. Reused from run to run.
 */
final class RunTexts {
    private final ModelCall call;
    private SpanDraft draft;

    /** @param call hears what the payloads say of it */
    RunTexts(SpanDraft draft, ModelCall call) {
        this.draft = draft;
        this.call = call;
    }

    void begin(SpanDraft to) {
        draft = to;
    }

    void name(JsonParser parser) throws IOException {
        byte[] utf8 = parser.getText().getBytes(StandardCharsets.UTF_8);
        text(TextField.NAME, utf8, 0, utf8.length);
    }

    /**
     * Inputs or outputs: a text, or the JSON that was sent. An empty object is what the SDKs send when there is
     * nothing.
     */
    void payload(TextField field, JsonParser parser, JsonBody body) throws IOException {
        if (parser.currentToken().isScalarValue()) {
            byte[] text = parser.getText().getBytes(StandardCharsets.UTF_8);
            text(field, text, 0, text.length);
            return;
        }
        int from = Slice.start(parser, body);
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            parser.skipChildren();
        } else if (field == TextField.INPUT) {
            call.inputs(parser);
        } else {
            call.answer().read(parser, body);
        }
        Slice slice = Slice.since(from, parser, body);
        if (slice.length() > 2) {
            text(field, slice.bytes(), slice.from(), slice.length());
        }
    }

    /** Sets a text; of one that is cut its length is noted. */
    private void text(TextField field, byte[] bytes, int from, int length) {
        if (draft.text(field, bytes, from, length)) {
            byte[] key = field.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
            draft.truncatedFrom(key, 0, key.length, length);
        }
    }

    /** That a run has an error, and which. */
    void error(JsonParser parser, JsonBody body) throws IOException {
        if (!parser.currentToken().isScalarValue()) {
            Slice slice = Slice.of(parser, body);
            draft.status(SpanStatus.ERROR);
            text(TextField.STATUS_MESSAGE, slice.bytes(), slice.from(), slice.length());
            return;
        }
        String error = parser.getText();
        if (error.isEmpty()) {
            return;
        }
        byte[] utf8 = error.getBytes(StandardCharsets.UTF_8);
        draft.status(SpanStatus.ERROR);
        text(TextField.STATUS_MESSAGE, utf8, 0, utf8.length);
        String type = ErrorType.of(error);
        if (type != null) {
            draft.text(TextField.ERROR_TYPE, type);
        }
    }

    void tags(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken().isScalarValue() && parser.currentToken() != JsonToken.VALUE_NULL) {
                byte[] utf8 = parser.getText().getBytes(StandardCharsets.UTF_8);
                draft.tag(utf8, 0, utf8.length);
            } else {
                parser.skipChildren();
            }
        }
    }
}
