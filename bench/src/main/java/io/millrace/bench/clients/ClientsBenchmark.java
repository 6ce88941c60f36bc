package io.millrace.bench.clients;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.Results;
import io.millrace.bench.process.LoadAverage;
import io.millrace.bench.stack.Site;
import io.millrace.bench.stack.Stack;
import io.millrace.clients.ClientProgram;
import io.millrace.clients.ClientsMissing;
import io.millrace.clients.InstalledClients;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** {@code ./millrace bench clients}: real SDKs send through outages; spans that each lost, beside what it loses at best. */
public final class ClientsBenchmark implements Benchmark {
    @Override
    public int run(String[] words) throws Exception {
        Arguments arguments = Arguments.parse(words, ClientsOptions.NAMES, Set.of());
        ClientsOptions options = ClientsOptions.of(arguments);
        Stack.Launch launch = Site.launch(arguments, Map.of());
        Results results = new Results();
        results.say(options + ", data in " + launch.data());
        results.keep("options", options.toString());
        results.say(LoadAverage.now().toString());
        List<ClientResult> rows = new ArrayList<>();
        try (Ground ground = Ground.start(launch)) {
            OutageTrial trial = new OutageTrial(ground, options, installed(ground, options), results);
            for (Outage outage : options.outages()) {
                List<ClientResult> ofOutage = trial.run(outage);
                results.say(ClientResult.header());
                ofOutage.forEach(row -> results.say(row.line()));
                rows.addAll(ofOutage);
            }
        }
        boolean kept = conclude(options, rows, results);
        results.say(LoadAverage.now().toString());
        results.write(arguments.path("json"));
        return kept ? 0 : 1;
    }

    /** Installs before anything is measured. What cannot be had says so when it is asked for. */
    private static Function<ClientProgram.Language, InstalledClients> installed(Ground ground, ClientsOptions options) {
        Map<ClientProgram.Language, InstalledClients> installed = new EnumMap<>(ClientProgram.Language.class);
        Map<ClientProgram.Language, ClientsMissing> missing = new EnumMap<>(ClientProgram.Language.class);
        options.programs().stream().map(ClientProgram::language).distinct().forEach(language -> {
            try {
                installed.put(language, InstalledClients.of(language, ground.root()));
            } catch (ClientsMissing e) {
                missing.put(language, e);
            }
        });
        return language -> {
            InstalledClients clients = installed.get(language);
            if (clients == null) {
                throw Objects.requireNonNull(missing.get(language));
            }
            return clients;
        };
    }

    private static boolean conclude(ClientsOptions options, List<ClientResult> rows, Results results) {
        results.keep("rows", rows.stream().map(ClientResult::asMap).toList());
        results.say("why a client loses what it loses:");
        options.programs().stream()
                .map(program -> program.name() + ": "
                        + RecordedFailures.of(program.name()).reason())
                .forEach(reason -> results.say("  " + reason));
        long missed = rows.stream().mapToLong(row -> Math.max(0, row.missed())).sum();
        long doubled = rows.stream()
                .mapToLong(row -> Math.max(0, row.stored() - row.handed()))
                .sum();
        results.figure("spans_acknowledged_and_not_stored", missed, "");
        results.figure("spans_stored_twice", doubled, "");
        List<String> unexplained = rows.stream()
                .filter(ClientResult::isUnexplained)
                .map(row -> row.client() + " (" + row.outage().word() + ")")
                .toList();
        results.figure("lost_more_than_retries_explain", unexplained, "");
        boolean kept = rows.stream().allMatch(ClientResult::kept) && !rows.isEmpty();
        results.figure("verdict", kept ? "nothing that was acknowledged is lost" : "LOST OR DOUBLED, see above", "");
        return kept;
    }
}
