package io.millrace.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prometheus text, read more strictly than Prometheus reads it: what it would pass over is an error. */
final class Exposition {
    private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (NaN|[+-]Inf|[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\n\"])*)\"(?:,|$)");

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** All series of a name. */
    record Family(String name, String type, Set<String> labels, Map<String, Double> samples) {}

    private Exposition() {}

    /** What the metrics port of a stack says now. */
    static Exposition of(Stack stack) throws IOException, InterruptedException {
        URI metrics = URI.create("http://127.0.0.1:" + stack.told("metrics", "port") + "/metrics");
        return parse(HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                .body());
    }

    /**
     * @throws IllegalArgumentException for what is not to the letter
     */
    static Exposition parse(String text) {
        Exposition exposition = new Exposition();
        String helped = "";
        Family current = null;
        for (String line : text.split("\n")) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            if (help.matches()) {
                helped = help.group(1);
            } else if (type.matches()) {
                require(type.group(1).equals(helped), "no help before " + line);
                current = new Family(helped, type.group(2), new TreeSet<>(), new LinkedHashMap<>());
                require(exposition.families.put(helped, current) == null, "a second time: " + line);
            } else {
                require(current != null, "a sample before any type: " + line);
                sample(current, line);
            }
        }
        return exposition;
    }

    private static void sample(Family family, String line) {
        Matcher sample = SAMPLE.matcher(line);
        require(sample.matches(), "not a sample: " + line);
        String name = sample.group(1);
        require(belongs(name, family), "not of " + family.name() + ": " + line);
        Set<String> seen = new HashSet<>();
        String labels = sample.group(2) == null ? "" : sample.group(2);
        Matcher label = LABEL.matcher(labels);
        int at = 0;
        while (at < labels.length()) {
            require(label.find(at) && label.start() == at, "not a label: " + line);
            require(seen.add(label.group(1)), "a label twice: " + line);
            at = label.end();
        }
        seen.removeAll(Set.of("le", "quantile"));
        family.labels().addAll(seen);
        double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
        require(family.samples().put(name + "{" + labels + "}", value) == null, "a series twice: " + line);
    }

    private static boolean belongs(String name, Family family) {
        return switch (family.type()) {
            case "histogram" -> Set.of("_bucket", "_count", "_sum").contains(suffix(name, family));
            case "summary" -> Set.of("", "_count", "_sum").contains(suffix(name, family));
            default -> name.equals(family.name());
        };
    }

    private static String suffix(String name, Family family) {
        return name.startsWith(family.name()) ? name.substring(family.name().length()) : "?";
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Every name with what is under it. */
    Map<String, Family> families() {
        return families;
    }

    /** How many series there are. */
    int size() {
        return families.values().stream()
                .mapToInt(family -> family.samples().size())
                .sum();
    }
}
