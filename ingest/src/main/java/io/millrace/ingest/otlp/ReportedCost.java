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
    private @Nullable BigDecimal input;
    private @Nullable BigDecimal output;
    private boolean zero;

    ReportedCost(Slots slots) {
        this.slots = slots;
    }

    void begin() {
        input = null;
        output = null;
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

    /** Takes what one side of a call cost. */
    void takePart(SpanDraft draft, AttributeRule rule, Attribute attribute) throws MalformedSpan {
        BigDecimal cost = of(attribute);
        // As with a member, it stays where it is.
        if (cost == null || cost.signum() < 0 || !slots.claim(draft, rule, attribute, Place.MEMBER)) {
            return;
        }
        if (rule.slot == AttributeRule.INPUT_COST_SLOT) {
            input = cost;
        } else {
            output = cost;
        }
    }

    private boolean take(
            SpanDraft draft, AttributeRule rule, Attribute attribute, Place place, @Nullable BigDecimal cost)
            throws MalformedSpan {
        if (cost == null || cost.signum() < 0 || !slots.claim(draft, rule, attribute, place)) {
            return false;
        }
        set(draft, cost);
        return true;
    }

    private void set(SpanDraft draft, BigDecimal cost) {
        // Without the zeros that come of how a double is written: one cost is one text.
        draft.text(TextField.REPORTED_COST_USD, cost.stripTrailingZeros().toPlainString());
        zero = cost.signum() == 0;
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

    /**
     * Adds up the sides where nobody told the total. A failed call that cost nothing is one of which nobody knew the cost. The
     * status must be in the draft.
     */
    void finish(SpanDraft draft) throws MalformedSpan {
        BigDecimal sum = input == null ? output : output == null ? input : input.add(output);
        if (sum != null && !draft.has(TextField.REPORTED_COST_USD)) {
            set(draft, sum);
        }
        if (zero && draft.status() == SpanStatus.ERROR) {
            draft.clearText(TextField.REPORTED_COST_USD);
            slots.release(draft, TextField.REPORTED_COST_USD.ordinal());
        }
    }
}
