package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a run says of a call to a model, if it is one. What applications call a model in inputs and outputs of their own
 * is none. Reused from run to run.
 */
final class ModelCall {
    private final ModelAnswer answer = new ModelAnswer();
    private @Nullable String model;
    private boolean streamed;

    void clear() {
        answer.clear();
        model = null;
        streamed = false;
    }

    ModelAnswer answer() {
        return answer;
    }

    /** A model was asked for; the first one named counts. */
    void model(@Nullable String asked) {
        if (model == null) {
            model = asked;
        }
    }

    void streamed() {
        streamed = true;
    }

    /** Reads the object at which the parser stands, a run's inputs, to its end. */
    void inputs(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "model" -> model(ModelAnswer.text(parser));
                case "stream" -> {
                    streamed |= parser.currentToken() == JsonToken.VALUE_TRUE;
                    parser.skipChildren();
                }
                default -> parser.skipChildren();
            }
        }
    }

    /**
     * Writes what is known as attributes.
     *
     * @param runType as sent; null: it was not, and only what has the shape of an answer is believed
     * @param modelled whether the metadata name the model that was asked
     */
    void write(AttributeWriter out, @Nullable String runType, boolean modelled) {
        answer.writeUsage(out);
        boolean call = runType == null ? answer.isOne() : runType.equals("llm") || runType.equals("embedding");
        if (call) {
            if (model != null && !modelled) {
                out.text("gen_ai.request.model", model);
            }
            answer.write(out);
        }
        if (streamed && (call || runType == null)) {
            out.yes("langsmith.request.streaming");
        }
    }
}
