package io.millrace.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much the machine had to do: figures taken under foreign load are not those of the program. */
public record LoadAverage(String oneMinute, String fiveMinutes, int processors) {

    public static LoadAverage now() {
        try {
            String[] fields = Files.readString(Path.of("/proc/loadavg")).split(" ");
            return new LoadAverage(fields[0], fields[1], Runtime.getRuntime().availableProcessors());
        } catch (IOException e) {
            return new LoadAverage("unknown", "unknown", Runtime.getRuntime().availableProcessors());
        }
    }

    @Override
    public String toString() {
        return "load average " + oneMinute + " (1 min) " + fiveMinutes + " (5 min) on " + processors + " processors";
    }
}
