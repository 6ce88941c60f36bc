package io.millrace.bench.edge;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an edge run is asked for.
 *
 * @param seconds of each measurement; zero leaves out all but overload
 * @param repeats of each measurement, all others in between; of overload all levels at once, one payload after the other
 * @param warmUp of each line, again and again until the subject has compiled what it will; zero leaves it out
 * @param overload how long each level of overload lasts; zero leaves overload out
 * @param overloadLines how requests are sent for it, one after the other
 * @param heap of the edge and of the peer
 * @param overloadHeap of the edge that is overloaded
 * @param zipkin the peer's executable jar; empty leaves the comparison out
 */
record EdgeOptions(
        Duration seconds,
        int repeats,
        Duration warmUp,
        Duration overload,
        List<Payload> payloads,
        List<Line> overloadLines,
        String heap,
        String overloadHeap,
        Optional<Path> zipkin) {
    static final Set<String> NAMES = Set.of(
            "seconds",
            "repeats",
            "warm-up",
            "overload-seconds",
            "payload",
            "overload-packing",
            "heap",
            "overload-heap",
            "zipkin",
            "json",
            "data",
            "millrace");

    /**
     * @throws UsageException for a value that makes no sense
     */
    static EdgeOptions of(Arguments arguments) {
        Optional<Path> zipkin = arguments.path("zipkin");
        if (zipkin.isPresent() && !Files.isRegularFile(zipkin.get())) {
            throw new UsageException(
                    "--zipkin takes the executable jar of a Zipkin server, and there is no " + zipkin.get());
        }
        long repeats = arguments.number("repeats", 5);
        Duration seconds = arguments.duration("seconds", Duration.ofSeconds(10));
        Duration overload = arguments.duration("overload-seconds", Duration.ofSeconds(20));
        if (repeats < 1 || repeats > 1_000) {
            throw new UsageException("--repeats takes a number from 1 to 1000");
        }
        if (seconds.isZero() && overload.isZero()) {
            throw new UsageException("with --seconds 0 and --overload-seconds 0 there is nothing to measure");
        }
        return new EdgeOptions(
                seconds,
                (int) repeats,
                arguments.duration("warm-up", Duration.ofSeconds(5)),
                overload,
                payloads(arguments.text("payload").orElse("both")),
                overloadLines(arguments.text("overload-packing").orElse("identity")),
                heap(arguments, "heap", "3g"),
                heap(arguments, "overload-heap", "512m"),
                zipkin);
    }

    private static List<Payload> payloads(String which) {
        return switch (which) {
            case "lean" -> List.of(Payload.LEAN);
            case "llm" -> List.of(Payload.LLM);
            case "both" -> List.of(Payload.values());
            default -> throw new UsageException("--payload takes lean, llm or both, not '" + which + "'");
        };
    }

    private static List<Line> overloadLines(String packing) {
        return switch (packing) {
            case "identity" -> List.of(Line.PROTOBUF);
            case "gzip" -> List.of(Line.GZIP);
            case "both" -> List.of(Line.PROTOBUF, Line.GZIP);
            default ->
                throw new UsageException("--overload-packing takes identity, gzip or both, not '" + packing + "'");
        };
    }

    private static String heap(Arguments arguments, String name, String otherwise) {
        String heap = arguments.text(name).orElse(otherwise);
        if (!heap.matches("[1-9][0-9]{0,6}[mg]")) {
            throw new UsageException("--" + name + " takes a size such as 512m or 3g, not '" + heap + "'");
        }
        return heap;
    }
}
