package io.millrace.jobs.pricing;

import io.millrace.jobs.assembly.SpanCost;
import io.millrace.schema.price.PriceBook;
import io.millrace.schema.price.Priced;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.SpanMessage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Prices single spans: by the book where the model has a price, else by what the sender reported. */
public final class SpanPricing {
    private static final int PICO_DIGITS = 12;
    private static final BigDecimal MAX_PICO = new BigDecimal("1e17");

    private final PriceBook book;

    public SpanPricing(PriceBook book) {
        this.book = book;
    }

    /** Prices of the catalogue that comes with this version. */
    public static SpanPricing shipped() {
        return new SpanPricing(PriceBook.shipped());
    }

    /**
     * What a span costs by itself, whether or not it counts.
     *
     * @param usage null when the span reported none
     */
    public SpanCost costOf(SpanMessage span, @Nullable Usage usage) {
        Long reported = reported(span.getReportedCostUsd());
        String model = span.getResponseModel().isEmpty() ? span.getRequestModel() : span.getResponseModel();
        if (usage == null || model.isEmpty()) {
            return reported == null ? SpanCost.NONE : new SpanCost(reported, reported, "reported", "", "");
        }
        Priced priced = book.price(
                span.getProvider().isEmpty() ? null : span.getProvider(),
                model,
                usage,
                span.getServiceTier(),
                Instant.ofEpochSecond(0, span.getStartNanos()));
        Long pico = priced.picoUsd();
        if (pico != null) {
            return new SpanCost(pico, reported, "computed", priced.catalogueVersion(), priced.note());
        }
        return new SpanCost(reported, reported, reported == null ? "" : "reported", "", priced.note());
    }

    private static @Nullable Long reported(String usd) {
        if (usd.isEmpty()) {
            return null;
        }
        try {
            BigDecimal pico = new BigDecimal(usd).movePointRight(PICO_DIGITS).setScale(0, RoundingMode.HALF_EVEN);
            return pico.signum() < 0 || pico.compareTo(MAX_PICO) > 0 ? null : (Long) pico.longValueExact();
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
