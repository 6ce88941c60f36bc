package io.millrace.bench.edge;

import com.google.protobuf.UnknownFieldSet;
import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.Results;
import io.millrace.bench.edge.Load.Pace;
import io.millrace.bench.process.LoadAverage;
import io.millrace.bench.process.ProcessorSplit;
import io.millrace.bench.stack.Site;
import io.millrace.bench.stack.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./millrace bench edge}: spans per processor second of the edge by itself, with all that it does in production, beside
 * the physical limit and beside Zipkin; and what becomes of it under three times the load that it can take.
 */
public final class EdgeBenchmark implements Benchmark {
    private static final int CONNECTIONS = 16;
    /** Enough requests for records of each kind. */
    private static final Duration SAMPLE = Duration.ofSeconds(1);

    private static final int SAMPLE_ATTEMPTS = 10;
    private static final int MOST_SAMPLES = 64;
    /** The field of a record of {@code millrace.spans.v1} that holds its spans. */
    private static final int SPANS_OF_RECORD = 5;

    /** A virtual machine is warm when it compiles less than this. */
    private static final double COMPILING = 0.03;

    private static final int MOST_WARM_UPS = 20;

    @Override
    public int run(String[] words) throws Exception {
        Arguments arguments = Arguments.parse(words, EdgeOptions.NAMES, Set.of());
        EdgeOptions options = EdgeOptions.of(arguments);
        Stack.Launch launch = Site.launch(arguments, Map.of());
        Results results = new Results();
        results.say("edge, " + options + ", data in " + launch.data());
        results.keep("options", options.toString());
        results.say(LoadAverage.now().toString());
        Report report = new Report(results);
        try (EdgeSite site = EdgeSite.prepare(launch);
                SpanTopic topic = new SpanTopic(site.folder().kafka())) {
            topic.makeTwin();
            new Run(options, results, report, site, topic, arguments.path("json")).all();
        }
        results.keep("load_average", LoadAverage.now());
        results.say(LoadAverage.now().toString());
        results.figure("verdict", report.isReached() ? "all goals reached" : "GOALS MISSED, see above", "");
        results.write(arguments.path("json"));
        return report.isReached() ? 0 : 1;
    }

    /** One run at one site. */
    private record Run(
            EdgeOptions options, Results results, Report report, EdgeSite site, SpanTopic topic, Optional<Path> json) {

        void all() throws IOException, InterruptedException, ExecutionException {
            List<PayloadFigures> figures = options.seconds().isZero() ? List.of() : compared();
            if (figures.size() > 1) {
                report.ratio(
                        "protobuf",
                        Ratio.ofSpans(
                                "llm_to_lean",
                                figures.get(1).of(Line.PROTOBUF),
                                figures.get(0).of(Line.PROTOBUF),
                                OptionalDouble.empty()));
            }
            if (!options.overload().isZero()) {
                for (Payload payload : options.payloads()) {
                    for (Line line : options.overloadLines()) {
                        report.overload(payload, line, overloaded(payload, line));
                        results.write(json);
                    }
                }
            }
        }

        private List<PayloadFigures> compared() throws IOException, InterruptedException, ExecutionException {
            List<PayloadFigures> figures = new ArrayList<>();
            try (Subject edge = EdgeSubject.start(site, options.heap());
                    Peer peer = peer()) {
                for (Payload payload : options.payloads()) {
                    Map<Line, Course> courses = courses(payload, edge, peer.zipkin);
                    PayloadFigures measured = measured(payload, courses);
                    report.payload(measured);
                    results.write(json);
                    figures.add(measured);
                }
            }
            return figures;
        }

        private Peer peer() throws IOException, InterruptedException {
            if (options.zipkin().isEmpty()) {
                results.say("without --zipkin JAR there is no peer: its lines are left out");
                return new Peer(null);
            }
            return new Peer(ZipkinSubject.start(options.zipkin().get(), options.heap(), site.log("zipkin")));
        }

        private Map<Line, Course> courses(Payload payload, Subject edge, @Nullable Subject zipkin) {
            Map<Line, Course> courses = new EnumMap<>(Line.class);
            long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
            for (Line line : Line.values()) {
                Subject subject = line == Line.ZIPKIN ? zipkin : edge;
                if (subject != null) {
                    Bodies bodies = Bodies.of(payload, line.wire(), now);
                    results.say(String.format(
                            "  %s %s: %.0f bytes per span", payload.label(), line.label(), bodies.bytesPerSpan()));
                    courses.put(line, new Course(new Meter(site, subject), line, bodies));
                }
            }
            return courses;
        }

        private PayloadFigures measured(Payload payload, Map<Line, Course> courses)
                throws IOException, InterruptedException, ExecutionException {
            PayloadFigures figures = new PayloadFigures(payload, Payload.textBytes(payload.spans(0, 0)));
            warm(payload.label(), courses.values());
            try (LimitWorkers limit = limit(payload, courses)) {
                if (!options.warmUp().isZero()) {
                    limit.measure(options.warmUp());
                }
                for (int repeat = 1; repeat <= options.repeats(); repeat++) {
                    results.say(payload.label() + ", repeat " + repeat + ", " + LoadAverage.now());
                    figures.add(limit.measure(options.seconds()));
                    for (Map.Entry<Line, Course> course : courses.entrySet()) {
                        figures.add(course.getKey(), course.getValue().run(options.seconds()));
                    }
                    topic.empty();
                }
            }
            return figures;
        }

        /** All lines in turn until none of them has much compiled any more: how long that takes is up to the machine. */
        private void warm(String what, Collection<Course> courses)
                throws IOException, InterruptedException, ExecutionException {
            double most = options.warmUp().isZero() ? 0 : 1;
            int rounds = 0;
            for (; most > COMPILING && rounds < MOST_WARM_UPS; rounds++) {
                most = 0;
                for (Course course : courses) {
                    most = Math.max(most, course.run(options.warmUp()).compiling());
                }
                topic.empty();
            }
            results.say(String.format(
                    "%s: warm-up of %d rounds, in the last of which at most %.1f %% went into compiling",
                    what, rounds, 100 * most));
        }

        /** Its producer sends what the edge made of the same requests. */
        private LimitWorkers limit(Payload payload, Map<Line, Course> courses)
                throws IOException, InterruptedException, ExecutionException {
            Course identity = courses.get(Line.PROTOBUF);
            if (identity == null) {
                throw new IllegalStateException("every run has this line");
            }
            long requests = sampled(identity);
            List<byte[]> records = topic.records();
            double spansPerRecord = (double) requests * Payload.SPANS_PER_BODY / records.size();
            double bytes =
                    records.stream().mapToInt(one -> one.length).average().orElse(0);
            results.say(String.format(
                    "  %s records: %.0f bytes and %.1f spans each", payload.label(), bytes, spansPerRecord));
            List<byte[]> sample = records.subList(0, Math.min(MOST_SAMPLES, records.size()));
            return LimitWorkers.start(site, payload, identity.bodies.arrays(), sample, spansPerRecord, singles(sample));
        }

        /** Each span as it stands in its record, alone. */
        private static List<byte[]> singles(List<byte[]> records) throws IOException {
            List<byte[]> spans = new ArrayList<>();
            for (byte[] record : records) {
                UnknownFieldSet.parseFrom(record)
                        .getField(SPANS_OF_RECORD)
                        .getLengthDelimitedList()
                        .forEach(span -> spans.add(span.toByteArray()));
            }
            return spans;
        }

        /**
         * Fills the log with what the edge makes of some requests, and returns how many. All of them have to be taken: one
         * that is refused because its acknowledgement came late is in the log all the same.
         */
        private long sampled(Course course) throws IOException, InterruptedException, ExecutionException {
            for (int attempt = 0; attempt < SAMPLE_ATTEMPTS; attempt++) {
                topic.empty();
                LoadTally.Counts counts = course.counts(SAMPLE);
                if (counts.isClean() && counts.taken() > 0) {
                    return counts.taken();
                }
            }
            throw new IOException("the edge does not take " + SAMPLE.toSeconds() + " s of requests without refusals");
        }

        /** One round more than there are repeats: refusing is warmed up by a flood only. */
        private List<Overload.Outcome> overloaded(Payload payload, Line line)
                throws IOException, InterruptedException, ExecutionException {
            Bodies bodies = Bodies.of(payload, line.wire(), TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
            try (ProcessorSplit split = ProcessorSplit.together(List.of(site.brokerPid(), site.redisPid()));
                    Subject refuser = RefuserSubject.start(site.log("refuser"));
                    Subject edge = EdgeSubject.start(site, options.overloadHeap())) {
                split.separate();
                topic.keepLittle();
                Meter meter = new Meter(site, edge);
                warm(payload.label() + " " + line.label() + " overload", List.of(new Course(meter, line, bodies)));
                Overload overload = new Overload(meter, new Meter(site, refuser), bodies, options.overload());
                List<Overload.Outcome> outcomes = new ArrayList<>();
                for (int round = 0; round <= options.repeats(); round++) {
                    outcomes.add(overload.run());
                    topic.empty();
                }
                return outcomes;
            }
        }
    }

    /** A line with all that it takes to send it. */
    private record Course(Meter meter, Line line, Bodies bodies) {
        Measurement run(Duration duration) throws IOException, InterruptedException {
            try (Load load = load()) {
                Measurement measured = meter.measure(load, Meter.RAMP, duration, Meter.Watch.NOTHING);
                if (measured.spans() == 0) {
                    throw new IOException(line.label() + ": nothing was taken, and " + measured.counts()
                            + "; is the disk full? See the logs beside the data folder");
                }
                return measured;
            }
        }

        /** Sends for a while, and says what became of all of it. */
        LoadTally.Counts counts(Duration duration) throws IOException, InterruptedException {
            Load load = load();
            try (load) {
                meter.measure(load, Meter.RAMP, duration, Meter.Watch.NOTHING);
            }
            return load.counts();
        }

        private Load load() throws IOException {
            return Load.start(meter.subject().target(line.masked()), bodies, Pace.closed(CONNECTIONS));
        }
    }

    /** What the edge is compared with, or nothing. */
    private record Peer(@Nullable Subject zipkin) implements AutoCloseable {
        @Override
        public void close() throws InterruptedException {
            if (zipkin != null) {
                zipkin.close();
            }
        }
    }
}
