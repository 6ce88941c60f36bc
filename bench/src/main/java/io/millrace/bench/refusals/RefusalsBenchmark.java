package io.millrace.bench.refusals;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.Results;
import io.millrace.bench.process.LoadAverage;
import io.millrace.bench.process.ProcessMemory;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Site;
import io.millrace.bench.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code ./millrace bench refusals}: a table of bad input, several times over, with the answers and the memory of the
 * process around each. Memory has to be flat: in each round the heap comes back to what it was in the first.
 */
public final class RefusalsBenchmark implements Benchmark {
    private static final Duration START = Duration.ofMinutes(5);
    private static final int ROUNDS = 3;
    private static final long MIB = 1 << 20;
    /** What the least heap of a round may be above that of the first: caches fill, code is compiled. */
    private static final long FLAT_BYTES = 32 * MIB;

    @Override
    public int run(String[] words) throws Exception {
        Arguments arguments = Arguments.parse(words, Set.of("rounds", "data", "millrace", "json"), Set.of());
        int rounds = Math.toIntExact(Math.max(1, arguments.number("rounds", ROUNDS)));
        Stack.Launch launch = Site.launch(arguments, Map.of());
        Results results = new Results();
        results.say("bad input, " + rounds + " rounds, data in " + launch.data());
        boolean passed;
        try (Stack stack = Stack.start(launch)) {
            Ready ready = stack.awaitReady(START);
            results.say(LoadAverage.now().toString());
            passed = new Run(stack, ready.ingest(), results).all(rounds);
        }
        results.figure("verdict", passed ? "answered as promised, memory flat" : "NOT AS PROMISED, see above", "");
        results.write(arguments.path("json"));
        return passed ? 0 : 1;
    }

    /** One run against one stack. */
    private record Run(Stack stack, URI ingest, Results results) {
        boolean all(int rounds) throws IOException, InterruptedException {
            List<BadInput> table = BadInput.all(stack.folder().credentials().secret());
            List<Object> kept = new ArrayList<>();
            boolean answered = true;
            List<Long> least = new ArrayList<>();
            for (int round = 1; round <= rounds; round++) {
                results.say("round " + round);
                // Of a round, since the jobs hold the large trace of the one before until it has settled.
                long lowest = Long.MAX_VALUE;
                for (BadInput input : table) {
                    ProcessMemory before = memory();
                    Verdict verdict = send(input);
                    ProcessMemory after = memory();
                    answered &= verdict.status() == input.status();
                    results.say(line(input, verdict, before, after));
                    kept.add(asMap(round, input, verdict, before, after));
                    lowest = Math.min(lowest, after.heapAfterCollection().orElse(0));
                }
                least.add(lowest);
            }
            results.keep("rows", kept);
            results.figure(
                    "least_heap_after_collection_by_round",
                    least.stream().map(bytes -> bytes / MIB).toList(),
                    "MiB");
            results.figure("resident_at_the_end", memory().machineResident() / MIB, "MiB");
            return answered && least.get(least.size() - 1) - least.get(0) <= FLAT_BYTES;
        }

        private ProcessMemory memory() throws IOException, InterruptedException {
            return ProcessMemory.now(stack.pid(), stack.folder().postmaster());
        }

        /** Each on a connection of its own: after some answers the edge closes it. */
        private Verdict send(BadInput input) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(ingest.resolve(input.path()))
                    .timeout(Duration.ofSeconds(60))
                    .header("Content-Type", input.contentType())
                    .POST(BodyPublishers.ofInputStream(input.body()));
            if (!input.authorization().isEmpty()) {
                request.header("Authorization", input.authorization());
            }
            if (!input.encoding().isEmpty()) {
                request.header("Content-Encoding", input.encoding());
            }
            HttpClient http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
            return Verdict.of(http.send(request.build(), BodyHandlers.ofByteArray()));
        }
    }

    private static String line(BadInput input, Verdict verdict, ProcessMemory before, ProcessMemory after) {
        return String.format(
                Locale.ROOT,
                "  %-34s %d %-45s resident %4d -> %4d MiB, heap after collection %3d -> %3d MiB%s",
                input.name(),
                verdict.status(),
                verdict.kind(),
                before.machineResident() / MIB,
                after.machineResident() / MIB,
                before.heapAfterCollection().orElse(0) / MIB,
                after.heapAfterCollection().orElse(0) / MIB,
                verdict.status() == input.status() ? "" : "  EXPECTED " + input.status());
    }

    private static Map<String, Object> asMap(
            int round, BadInput input, Verdict verdict, ProcessMemory before, ProcessMemory after) {
        return Map.of(
                "round", round,
                "input", input.name(),
                "status", verdict.status(),
                "expected", input.status(),
                "kind", verdict.kind(),
                "resident_bytes", List.of(before.machineResident(), after.machineResident()),
                "heap_bytes",
                        List.of(
                                before.heapAfterCollection().orElse(0),
                                after.heapAfterCollection().orElse(0)));
    }
}
