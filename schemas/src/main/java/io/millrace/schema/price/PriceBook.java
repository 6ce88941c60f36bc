package io.millrace.schema.price;

import io.millrace.schema.usage.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Prices calls by a catalogue. Immutable for its callers and thread-safe; which entries a model's name may mean is
 * remembered, so that a call costs one look-up in a map and a handful of multiplications.
 */
public final class PriceBook {
    /** Names longer than this are no model's: they are neither resolved nor remembered. */
    private static final int MAX_NAME_LENGTH = 256;
    /** How many names are remembered; a stream of made-up ones starts the memory afresh instead of filling it. */
    private static final int MAX_REMEMBERED = 4096;

    private record Asked(String provider, String model) {}

    private final String version;
    private final PriceResolution resolution;
    private final ConcurrentMap<Asked, List<PriceMatch>> remembered = new ConcurrentHashMap<>();

    PriceBook(PriceCatalogue catalogue) {
        this.version = catalogue.version();
        this.resolution = new PriceResolution(catalogue);
    }

    /** The prices that come with this build. */
    public static PriceBook shipped() {
        return new PriceBook(PriceCatalogue.shipped());
    }

    /**
     * Prices in the format of the shipped catalogue.
     *
     * @throws IllegalArgumentException naming the entry that is wrong, and what is wrong with it
     * @throws IOException when the stream breaks or holds no JSON
     */
    public static PriceBook read(InputStream json) throws IOException {
        return new PriceBook(PriceCatalogue.read(json));
    }

    /** The version of the catalogue, as {@link Priced} carries it. */
    public String version() {
        return version;
    }

    /**
     * What a call costs. Tokens beyond a threshold of the <em>whole</em> prompt put the whole request in the higher
     * price; the sum over buckets is exact and rounded once, half-even.
     *
     * <p>The entry is looked for by (provider, model) exactly; by model exactly; without prefixes; without dates and
     * revisions; then by patterns. The first one in force at {@code at} is taken; of several providers that list a model
     * the client's own goes first, then the catalogue's order.
     *
     * @param provider who served the call, by any of its names; null or empty when unknown
     * @param model as the client named it; empty when unknown
     * @param serviceTier {@code batch}, {@code flex}, {@code priority}; any other means standard prices
     * @param at when the call ended
     */
    public Priced price(@Nullable String provider, String model, Usage usage, String serviceTier, Instant at) {
        if (model.isEmpty()) {
            return unpriced("no_model");
        }
        String who = provider == null ? "" : provider;
        if (model.length() > MAX_NAME_LENGTH || who.length() > MAX_NAME_LENGTH) {
            return unpriced("unknown_model");
        }
        List<PriceMatch> matches = matches(new Asked(who, model));
        for (PriceMatch match : matches) {
            if (match.entry().holdsAt(at)) {
                return priced(match, usage, serviceTier);
            }
        }
        return unpriced(matches.isEmpty() ? "unknown_model" : "not_effective");
    }

    private Priced priced(PriceMatch match, Usage usage, String serviceTier) {
        Tariff tariff = match.entry().tariff();
        ServiceTier known = ServiceTier.of(serviceTier);
        ServiceTier tier = known == null ? ServiceTier.STANDARD : known;
        int level = tariff.level(usage.inputTokens());
        long pico = tariff.card(tier, level).picoUsd(usage);
        if (pico == RateCard.NO_PRICE) {
            return unpriced("no_price");
        }
        if (pico == RateCard.TOO_LARGE) {
            return unpriced("too_large");
        }
        if (pico == RateCard.NEGATIVE_USAGE) {
            return unpriced("negative_usage");
        }
        return new Priced(pico, note(match, level, known), version);
    }

    private static String note(PriceMatch match, int level, @Nullable ServiceTier tier) {
        if (level == 0 && tier == ServiceTier.STANDARD) {
            return match.note();
        }
        Tariff tariff = match.entry().tariff();
        StringBuilder note = new StringBuilder(match.note());
        if (level > 0) {
            note.append(", above ").append(tariff.levels().get(level).above());
        }
        if (tier == null) {
            note.append(", unknown service tier");
        } else if (tier != ServiceTier.STANDARD) {
            note.append(tariff.lists(tier) ? ", " : ", no price for ").append(tier.label());
        }
        return note.toString();
    }

    private Priced unpriced(String why) {
        return new Priced(null, why, version);
    }

    private List<PriceMatch> matches(Asked asked) {
        List<PriceMatch> known = remembered.get(asked);
        if (known != null) {
            return known;
        }
        List<PriceMatch> found = resolution.matches(asked.provider(), asked.model());
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(asked, found);
        return found;
    }
}
