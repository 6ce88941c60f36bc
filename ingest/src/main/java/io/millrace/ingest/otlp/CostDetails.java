package io.millrace.ingest.otlp;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** US dollars by free names: their {@code total}, or what they add up to where none is given. */
final class CostDetails implements Structure.Visitor {
    private @Nullable BigDecimal total;
    private @Nullable BigDecimal sum;

    void clear() {
        total = null;
        sum = null;
    }

    @Override
    public void member(Structure.Path path, Attribute value) {
        BigDecimal cost = ReportedCost.of(value);
        if (cost == null) {
            return;
        }
        if (path.names().equals("total")) {
            total = cost;
        } else {
            sum = sum == null ? cost : sum.add(cost);
        }
    }

    /** Null when no cost was given. */
    @Nullable
    BigDecimal cost() {
        return total == null ? sum : total;
    }
}
