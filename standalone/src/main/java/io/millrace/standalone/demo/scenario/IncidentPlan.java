package io.millrace.standalone.demo.scenario;

import io.millrace.standalone.demo.scenario.Incident.Kind;
import io.millrace.standalone.demo.scenario.Incident.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** What goes wrong when and where, drawn from a seed: each kind once, one after the other, then calm. */
public final class IncidentPlan {
    private static final Duration FIRST = Duration.ofMinutes(2);
    private static final Duration APART = Duration.ofSeconds(45);
    private static final int SHORTEST_SECONDS = 30;
    private static final int LONGEST_SECONDS = 40;

    private final List<Incident> incidents;

    private IncidentPlan(List<Incident> incidents) {
        this.incidents = List.copyOf(incidents);
    }

    /** Nothing ever goes wrong. */
    public static IncidentPlan calm() {
        return new IncidentPlan(List.of());
    }

    /** The same for the same seed. */
    public static IncidentPlan of(long seed) {
        // Neighbouring seeds would begin alike without the shuffled order being drawn first.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        List<Kind> kinds = Arrays.asList(Kind.values());
        Collections.shuffle(kinds, random);
        List<Incident> incidents = new ArrayList<>();
        Duration begin = FIRST;
        for (Kind kind : kinds) {
            Duration length =
                    Duration.ofSeconds(SHORTEST_SECONDS + random.nextInt(LONGEST_SECONDS - SHORTEST_SECONDS + 1));
            incidents.add(incident(kind, begin, begin.plus(length), random));
            begin = begin.plus(APART);
        }
        return new IncidentPlan(incidents);
    }

    /** In the order of their beginnings. */
    public List<Incident> incidents() {
        return incidents;
    }

    /** The incident of that kind that strikes there and then. */
    Optional<Incident> striking(Kind kind, String dimension, String value, Duration at) {
        for (Incident incident : incidents) {
            if (incident.kind() == kind && incident.isOn(at) && incident.place().covers(dimension, value)) {
                return Optional.of(incident);
            }
        }
        return Optional.empty();
    }

    private static Incident incident(Kind kind, Duration begin, Duration end, Random random) {
        return switch (kind) {
            case SLOW_MODEL -> new Incident(kind, one(models(), random), begin, end, 4 + 2 * random.nextDouble());
            case ERROR_BURST ->
                new Incident(
                        kind,
                        one(Stream.concat(models().stream(), tools()).toList(), random),
                        begin,
                        end,
                        0.3 + 0.3 * random.nextDouble());
            case COST_SPIKE -> new Incident(kind, one(prompts(), random), begin, end, 10 + 10 * random.nextDouble());
            case SILENCE -> new Incident(kind, one(environments(), random), begin, end, 1);
        };
    }

    private static List<Place> models() {
        return Model.chatting().stream()
                .map(model -> new Place("model", model.requested()))
                .toList();
    }

    private static Stream<Place> tools() {
        return Tool.busy().stream().map(tool -> new Place("tool", tool.id()));
    }

    private static List<Place> prompts() {
        return Prompt.busy().stream()
                .map(prompt -> new Place("prompt", prompt.name()))
                .toList();
    }

    private static List<Place> environments() {
        return Stream.of(Place.EVERYWHERE, Deployment.PRODUCTION.environment(), Deployment.STAGING.environment())
                .map(environment -> new Place("environment", environment))
                .toList();
    }

    private static Place one(List<Place> places, Random random) {
        return places.get(random.nextInt(places.size()));
    }
}
