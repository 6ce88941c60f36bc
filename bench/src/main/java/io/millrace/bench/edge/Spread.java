package io.millrace.bench.edge;

import java.util.List;
import java.util.Locale;

/** A figure that was taken several times. */
record Spread(double median, double least, double most) {

    /**
     * @throws IllegalArgumentException for none
     */
    static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
    }

    /** With so many digits after the point. */
    String text(int digits) {
        String each = "%,." + digits + "f";
        return String.format(Locale.ROOT, each + " [" + each + ".." + each + "]", median, least, most);
    }
}
