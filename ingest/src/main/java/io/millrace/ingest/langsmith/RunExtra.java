package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.OriginDraft;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run's {@code extra}: metadata, the parameters of the call, and the runtime, which is where the span comes from.
 * Reused from run to run.
 */
final class RunExtra {
    private static final int ELEMENT = 1;

    private final RequestSpans spans;
    private final ModelCall call;
    private final AttributeWriter attributes;
    private final WireWriter member = new WireWriter(256);
    private final AttributeWriter runtime = new AttributeWriter(member, ELEMENT);
    /** The parameters written so far: of several places that tell one the first counts. */
    private final Set<String> parameters = new HashSet<>();

    private @Nullable OriginDraft origin;
    private boolean namesModel;

    RunExtra(RequestSpans spans, ModelCall call, AttributeWriter attributes) {
        this.spans = spans;
        this.call = call;
        this.attributes = attributes;
    }

    void begin() {
        origin = null;
        namesModel = false;
        parameters.clear();
    }

    /** Whether the metadata name the model that was asked. */
    boolean namesModel() {
        return namesModel;
    }

    /** Reads the object at which the parser stands. */
    void read(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            if (object && name.equals("metadata")) {
                metadata(parser, body);
            } else if (object && name.equals("runtime")) {
                runtime(parser, body);
            } else if (object && name.equals("invocation_params")) {
                invocation(parser, body);
            } else {
                attributes.value("langsmith.extra." + name, parser, body);
            }
        }
    }

    private void metadata(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            if (isEnvironment(name)) {
                parser.skipChildren();
            } else if (object && name.equals("ls_invocation_params")) {
                invocation(parser, body);
            } else if (object && name.equals("usage_metadata")) {
                call.answer().usageOfMetadata(Slice.of(parser, body));
            } else {
                entry(name, parser, body);
            }
        }
    }

    /** The SDKs copy variables of the process's environment into the metadata. */
    private static boolean isEnvironment(String name) {
        return name.startsWith("LANGSMITH_") || name.startsWith("LANGCHAIN_");
    }

    private void entry(String name, JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        switch (name) {
            case "ls_temperature" -> parameter("gen_ai.request.temperature", parser, body);
            case "ls_max_tokens" -> parameter("gen_ai.request.max_tokens", parser, body);
            case "ls_stop" -> parameter("gen_ai.request.stop_sequences", parser, body);
            case "ls_model_type" -> modelType(parser, body);
            default -> {
                namesModel |= name.equals("ls_model_name") && parser.currentToken() == JsonToken.VALUE_STRING;
                attributes.value("langsmith.metadata." + name, parser, body);
            }
        }
    }

    private void modelType(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        String type = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        switch (type) {
            case "chat" -> attributes.text("gen_ai.operation.name", "chat");
            case "llm" -> attributes.text("gen_ai.operation.name", "text_completion");
            default -> attributes.value("langsmith.metadata.ls_model_type", parser, body);
        }
    }

    private void parameter(String key, JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        if (parser.currentToken() != JsonToken.VALUE_NULL && parameters.add(key)) {
            attributes.value(key, parser, body);
        } else {
            parser.skipChildren();
        }
    }

    private void invocation(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        int from = Slice.start(parser, body);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            String key = parameterKey(name);
            if (key != null) {
                parameter(key, parser, body);
            } else if (name.equals("model") || name.equals("model_name")) {
                call.model(ModelAnswer.text(parser));
            } else if (name.equals("stream") && parser.currentToken() == JsonToken.VALUE_TRUE) {
                call.streamed();
            } else {
                parser.skipChildren();
            }
        }
        Slice slice = Slice.since(from, parser, body);
        if (slice.length() > 2 && parameters.add("langsmith.invocation_params")) {
            attributes.json("langsmith.invocation_params", slice);
        }
    }

    private static @Nullable String parameterKey(String name) {
        return switch (name) {
            case "temperature", "max_tokens", "top_p", "top_k", "frequency_penalty", "presence_penalty", "seed" ->
                "gen_ai.request." + name;
            case "max_completion_tokens", "max_output_tokens" -> "gen_ai.request.max_tokens";
            case "stop", "stop_sequences" -> "gen_ai.request.stop_sequences";
            case "n" -> "gen_ai.request.choice.count";
            default -> null;
        };
    }

    private void runtime(JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        OriginDraft from = new OriginDraft(spans.context());
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token == JsonToken.VALUE_STRING && name.equals("sdk")) {
                text(from, OriginDraft.Field.SCOPE_NAME, parser);
            } else if (token == JsonToken.VALUE_STRING && name.equals("sdk_version")) {
                text(from, OriginDraft.Field.SCOPE_VERSION, parser);
            } else if (token != JsonToken.VALUE_NULL && !isEnvironment(name)) {
                member.clear();
                runtime.members("langsmith.runtime." + name, parser, body);
                from.resourceAttribute(member.array(), 0, member.size());
            } else {
                parser.skipChildren();
            }
        }
        origin = from;
    }

    private static void text(OriginDraft origin, OriginDraft.Field field, JsonParser parser) throws IOException {
        byte[] utf8 = parser.getText().getBytes(StandardCharsets.UTF_8);
        origin.text(field, utf8, 0, utf8.length);
    }

    /** Says where the span comes from, as far as the message does. */
    void origin(SpanDraft draft) throws MalformedSpan {
        OriginDraft from = origin == null ? new OriginDraft(spans.context()) : origin;
        draft.marks(from.marks());
        draft.origin(spans.origin(from.build()));
    }
}
