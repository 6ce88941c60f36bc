package io.millrace.schema.price;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Small catalogues written in the tests that use them. */
final class Catalogues {
    private Catalogues() {}

    /** The entries {@code prices} (single quotes for double ones) of the providers that tests know. */
    static PriceCatalogue of(String prices) {
        String json = "{'version': 'test-1', 'providers': {'openai': ['oai'], 'anthropic': [], 'groq': []}, 'prices': ["
                + prices + "]}";
        try {
            return PriceCatalogue.read(
                    new ByteArrayInputStream(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        } catch (IOException noJson) {
            throw new UncheckedIOException(noJson);
        }
    }
}
