package io.millrace.ingest.otlp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Names of providers as clients write them. Some add the API that was called ({@code openai.chat}), some write them as the
 * companies do ({@code OpenAI}); one provider under several names would be several series.
 */
final class ProviderName {
    /** No provider, but the framework through which some model was called. */
    private static final String FRAMEWORK = "langchain";
    /** Names that have dots of their own begin so, and are left as they are. */
    private static final List<String> DOTTED = List.of("azure.ai.", "az.ai.");

    /** Longer names before those they begin with. */
    private static final List<String> KNOWN = List.of(
            "openai",
            "anthropic",
            "azure-openai",
            "azure",
            "google.vertex",
            "google",
            "mistral",
            "cohere",
            "groq",
            "xai",
            "deepseek",
            "perplexity",
            "togetherai",
            "fireworks",
            "cerebras",
            "amazon-bedrock",
            "openrouter");

    private ProviderName() {}

    static boolean isFramework(byte[] bytes, int from, int length) {
        return length == FRAMEWORK.length()
                && bytes[from] == 'l'
                && FRAMEWORK.equals(new String(bytes, from, length, StandardCharsets.US_ASCII));
    }

    /** Whether the name is already as every client should write it; so it is nearly always. */
    static boolean isPlain(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == '.' || bytes[i] >= 'A' && bytes[i] <= 'Z') {
                return false;
            }
        }
        return true;
    }

    /** The known provider that a name means, else the name. */
    static String of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (DOTTED.stream().anyMatch(lower::startsWith)) {
            return name;
        }
        for (String known : KNOWN) {
            if (lower.equals(known) || lower.startsWith(known + ".")) {
                return known;
            }
        }
        return name;
    }
}
