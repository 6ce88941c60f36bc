package io.millrace.schema.price;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One line of a price list: what some names of one provider's model cost during a time.
 *
 * @param provider the provider's name in the OpenTelemetry GenAI conventions
 * @param models the model's names, lower case; a {@code *} in one stands for any characters
 * @param from when the prices begin to hold, inclusive; {@link Instant#MIN} when they always did
 * @param to when they end, exclusive; {@link Instant#MAX} when they still hold
 * @param tariff prices of tokens
 * @param usdPerUnit prices of what is not counted in tokens, in dollars per unit
 */
record PriceEntry(
        String provider,
        List<String> models,
        Instant from,
        Instant to,
        Tariff tariff,
        Map<PricedUnit, BigDecimal> usdPerUnit) {

    /** What providers bill beside tokens. */
    enum PricedUnit {
        IMAGE,
        SECOND,
        CHARACTER,
        SEARCH
    }

    boolean holdsAt(Instant at) {
        return !at.isBefore(from) && at.isBefore(to);
    }

    boolean overlaps(PriceEntry other) {
        return from.isBefore(other.to) && other.from.isBefore(to);
    }
}
