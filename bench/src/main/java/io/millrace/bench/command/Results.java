package io.millrace.bench.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Figures of a run: each is printed at once and kept for a JSON file. */
public final class Results {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).findAndRegisterModules();

    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Prints a line that is no figure. */
    @SuppressWarnings("SystemOut")
    public void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Keeps a figure without printing it. */
    public void keep(String name, Object value) {
        values.put(name, value);
    }

    /** Prints a figure and keeps it. */
    public void figure(String name, Object value, String unit) {
        keep(name, value);
        say(String.format("  %-44s %s %s", name.replace('_', ' '), value, unit).stripTrailing());
    }

    /**
     * Writes all that was kept.
     *
     * @param file empty: nowhere
     */
    public void write(Optional<Path> file) throws IOException {
        if (file.isPresent()) {
            JSON.writeValue(file.get().toFile(), values);
            say("figures are in " + file.get());
        }
    }
}
