package io.millrace.bench.clients;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.UsageException;
import io.millrace.clients.ClientProgram;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a run is asked for.
 *
 * @param sending for how long each client hands over spans, once a second
 */
record ClientsOptions(List<Outage> outages, List<ClientProgram> programs, Duration sending) {
    static final Set<String> NAMES = Set.of("faults", "clients", "seconds", "data", "millrace", "json");
    private static final int SECONDS = 60;
    private static final int FEWEST_SECONDS = 40;

    static ClientsOptions of(Arguments arguments) {
        long seconds = arguments.number("seconds", SECONDS);
        if (seconds < FEWEST_SECONDS) {
            throw new UsageException("--seconds takes a whole number from " + FEWEST_SECONDS
                    + ": an outage of 20 s begins after some, and ends before the last");
        }
        return new ClientsOptions(
                arguments.text("faults").map(Outage::parse).orElse(List.of(Outage.values())),
                arguments.text("clients").map(ClientsOptions::programs).orElse(ClientProgram.all()),
                Duration.ofSeconds(seconds));
    }

    private static List<ClientProgram> programs(String names) {
        return Arrays.stream(names.split(",")).map(ClientsOptions::program).toList();
    }

    private static ClientProgram program(String name) {
        return ClientProgram.all().stream()
                .filter(program -> program.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("--clients takes some of "
                        + ClientProgram.all().stream().map(ClientProgram::name).collect(Collectors.joining(", "))
                        + ", not " + name));
    }

    @Override
    public String toString() {
        return programs.size() + " clients, each through "
                + outages.stream().map(Outage::word).collect(Collectors.joining(", ")) + ", sending for "
                + sending.toSeconds() + " s";
    }
}
