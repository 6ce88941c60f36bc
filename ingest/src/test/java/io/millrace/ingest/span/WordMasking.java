package io.millrace.ingest.span;

import io.millrace.ingest.privacy.Masking;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Masks one word.
 *
 * @param rules of the keys that are not just masked
 */
public record WordMasking(Map<String, Attributes> rules) implements Masking {
    private static final String WORD = "hunter2";

    @Override
    public @Nullable Masked mask(byte[] utf8, int from, int to) {
        String text = new String(utf8, from, to - from, StandardCharsets.UTF_8);
        return text.contains(WORD)
                ? new Masked(text.replace(WORD, "***").getBytes(StandardCharsets.UTF_8), false)
                : null;
    }

    @Override
    public boolean hasKeyRules() {
        return true;
    }

    @Override
    public Attributes attributes(byte[] utf8, int from, int to) {
        return rules.getOrDefault(new String(utf8, from, to - from, StandardCharsets.UTF_8), Attributes.MASKED);
    }
}
