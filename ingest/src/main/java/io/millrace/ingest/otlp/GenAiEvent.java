package io.millrace.ingest.otlp;

import io.millrace.ingest.span.TextField;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The events of OpenTelemetry's conventions for generative AI in which log records say what a model was asked, what it
 * answered, and how that was judged: the current ones, and the earlier ones of a message each.
 */
enum GenAiEvent {
    /** Its attributes are those of the span. */
    DETAILS("gen_ai.client.inference.operation.details"),
    PROMPT("gen_ai.content.prompt"),
    COMPLETION("gen_ai.content.completion"),
    SYSTEM("gen_ai.system.message", "system"),
    USER("gen_ai.user.message", "user"),
    ASSISTANT("gen_ai.assistant.message", "assistant"),
    TOOL("gen_ai.tool.message", "tool"),
    CHOICE("gen_ai.choice", "assistant"),
    EVALUATION("gen_ai.evaluation.result");

    private static final byte[] FAMILY = ascii("gen_ai.");
    private static final GenAiEvent[] ALL = values();

    private final byte[] wireName;
    private final String role;

    GenAiEvent(String wireName) {
        this(wireName, "");
    }

    GenAiEvent(String wireName, String role) {
        this.wireName = ascii(wireName);
        this.role = role;
    }

    /** The event of this name; null when it is none of these. */
    static @Nullable GenAiEvent of(byte[] bytes, int from, int length) {
        for (GenAiEvent event : ALL) {
            byte[] name = event.wireName;
            if (name.length == length && Arrays.equals(name, 0, length, bytes, from, from + length)) {
                return event;
            }
        }
        return null;
    }

    /** Whether events of this name are about generative AI at all. */
    static boolean isOfFamily(byte[] bytes, int from, int length) {
        return length >= FAMILY.length && Arrays.equals(FAMILY, 0, FAMILY.length, bytes, from, from + FAMILY.length);
    }

    /** Whether its body is one message of the conversation. */
    boolean isMessage() {
        return !role.isEmpty();
    }

    /** Whose message it is where the message does not say so. */
    String role() {
        return role;
    }

    /** Where the message belongs. */
    TextField field() {
        return this == CHOICE ? TextField.OUTPUT : TextField.INPUT;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
