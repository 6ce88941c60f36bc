package io.millrace.standalone;

import io.millrace.standalone.demo.DemoOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What {@code millrace up} was asked for. A port of 0 means any free one.
 *
 * @param data the data folder
 * @param fresh delete what is in the data folder first
 * @param yes do not ask before deleting
 * @param demo the synthetic application, if it runs
 */
public record UpOptions(
        Path data,
        int ingestPort,
        int grpcPort,
        int apiPort,
        int metricsPort,
        boolean fresh,
        boolean yes,
        Optional<DemoOptions> demo) {
    static final UpOptions DEFAULT = new UpOptions(Path.of("data"), 4318, 4317, 8080, 9464, false, false);

    /** Without the demo. */
    UpOptions(Path data, int ingestPort, int grpcPort, int apiPort, int metricsPort, boolean fresh, boolean yes) {
        this(data, ingestPort, grpcPort, apiPort, metricsPort, fresh, yes, Optional.empty());
    }

    /**
     * @throws UsageException for an option that is unknown, lacks its value or has a wrong one
     */
    static UpOptions parse(List<String> arguments) {
        UpOptions options = arguments.contains("--demo") ? DEFAULT.withDemo(DemoOptions.DEFAULT) : DEFAULT;
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String option = rest.next();
            options = switch (option) {
                case "--data" -> options.withData(Path.of(value(option, rest)));
                case "--ingest-port" -> options.withPort(0, port(option, rest));
                case "--grpc-port" -> options.withPort(1, port(option, rest));
                case "--api-port" -> options.withPort(2, port(option, rest));
                case "--metrics-port" -> options.withPort(3, port(option, rest));
                case "--fresh" -> options.withFresh(true, options.yes);
                case "--yes" -> options.withFresh(options.fresh, true);
                case "--demo" -> options;
                case "--demo-seed" -> options.withDemo(options.demo(option).withSeed(seed(option, rest)));
                case "--demo-incidents" ->
                    options.withDemo(options.demo(option).withIncidents(incidents(option, rest)));
                default -> throw new UsageException("up does not know " + option);
            };
        }
        return options;
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new UsageException(option + " wants a value");
        }
        return rest.next();
    }

    private static int port(String option, Iterator<String> rest) {
        String text = value(option, rest);
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(option + " wants a port, not " + text, e);
        }
        throw new UsageException(option + " wants a port from 0 to 65535, not " + text);
    }

    private DemoOptions demo(String option) {
        return demo.orElseThrow(() -> new UsageException(option + " wants --demo"));
    }

    private static long seed(String option, Iterator<String> rest) {
        String text = value(option, rest);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException(option + " wants a whole number, not " + text, e);
        }
    }

    private static boolean incidents(String option, Iterator<String> rest) {
        String text = value(option, rest);
        return switch (text) {
            case "all" -> true;
            case "none" -> false;
            default -> throw new UsageException(option + " wants all or none, not " + text);
        };
    }

    private UpOptions withData(Path folder) {
        return new UpOptions(folder, ingestPort, grpcPort, apiPort, metricsPort, fresh, yes, demo);
    }

    private UpOptions withPort(int which, int port) {
        int[] ports = {ingestPort, grpcPort, apiPort, metricsPort};
        ports[which] = port;
        for (int i = 0; i < ports.length; i++) {
            int same = ports[i];
            if (same != 0 && Arrays.stream(ports).filter(other -> other == same).count() > 1) {
                throw new UsageException("two services cannot share port " + same);
            }
        }
        return new UpOptions(data, ports[0], ports[1], ports[2], ports[3], fresh, yes, demo);
    }

    private UpOptions withFresh(boolean deleteFirst, boolean unasked) {
        return new UpOptions(data, ingestPort, grpcPort, apiPort, metricsPort, deleteFirst, unasked, demo);
    }

    private UpOptions withDemo(DemoOptions wanted) {
        return new UpOptions(data, ingestPort, grpcPort, apiPort, metricsPort, fresh, yes, Optional.of(wanted));
    }
}
