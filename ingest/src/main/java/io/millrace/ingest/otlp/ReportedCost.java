package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.SpanDraft;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanStatus;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What the sender says a span cost, in US dollars. Reused from span to span. */
final class ReportedCost {
    /** Decimal digits beyond which it is no amount of money. */
    private static final int MAX_DIGITS = 30;

    private final Slots slots;
    private final CostDetails details = new CostDetails();
    private boolean zero;

    ReportedCost(Slots slots) {
        this.slots = slots;
    }

    void begin() {
        zero = false;
    }

    boolean take(SpanDraft draft, AttributeRule rule, Attribute attribute, Place place) throws MalformedSpan {
        return take(draft, rule, attribute, place, of(attribute));
    }

    /** Takes the total of a structure of costs, which stays an attribute: it holds more than a total. */
    void takeDetails(SpanDraft draft, AttributeRule rule, Structure structure, Attribute attribute)
            throws MalformedSpan {
        details.clear();
        structure.read(attribute, details);
        take(draft, rule, attribute, Place.MEMBER, details.cost());
    }

    private boolean take(
            SpanDraft draft, AttributeRule rule, Attribute attribute, Place place, @Nullable BigDecimal cost)
            throws MalformedSpan {
        if (cost == null || cost.signum() < 0 || !slots.claim(draft, rule, attribute, place)) {
            return false;
        }
        // Without the zeros that come of how a double is written: one cost is one text.
        draft.text(rule.field(), cost.stripTrailingZeros().toPlainString());
        zero = cost.signum() == 0;
        return true;
    }

    static @Nullable BigDecimal of(Attribute attribute) {
        try {
            BigDecimal value = switch (attribute.type) {
                case Attribute.DOUBLE -> BigDecimal.valueOf(attribute.asDouble());
                case Attribute.INT -> BigDecimal.valueOf(attribute.number);
                case Attribute.TEXT ->
                    attribute.valueLength > MAX_DIGITS
                            ? null
                            : new BigDecimal(attribute.asString().strip());
                default -> null;
            };
            return value != null && Math.abs((long) value.scale()) <= MAX_DIGITS ? value : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    /** A failed call that cost nothing is one of which nobody knew the cost. The status must be in the draft. */
    void finish(SpanDraft draft) throws MalformedSpan {
        if (zero && draft.status() == SpanStatus.ERROR) {
            draft.clearText(TextField.REPORTED_COST_USD);
            slots.release(draft, TextField.REPORTED_COST_USD.ordinal());
        }
    }

    boolean isGiven() {
        return slots.isFilled(TextField.REPORTED_COST_USD);
    }
}
