package io.millrace.standalone;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.blob.BlobStore;
import io.millrace.embedded.DataFolder;
import io.millrace.embedded.Ports;
import io.millrace.embedded.Teardown;
import io.millrace.ingest.EdgeTransport;
import io.millrace.ingest.Ingest;
import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.metric.ProcessMetrics;
import io.millrace.jobs.AnomaliesJob;
import io.millrace.jobs.TracesJob;
import io.millrace.jobs.assembly.AssemblyConfig;
import io.millrace.jobs.keeper.Audit;
import io.millrace.jobs.keeper.Keeper;
import io.millrace.jobs.keeper.KeeperThread;
import io.millrace.jobs.log.FaultHook;
import io.millrace.jobs.log.LogConfig;
import io.millrace.jobs.rollup.WindowConfig;
import io.millrace.jobs.store.Database;
import io.millrace.jobs.store.PgStoreFactory;
import io.millrace.query.Query;
import io.millrace.query.QueryConfig;
import io.millrace.query.project.Bootstrap;
import io.millrace.schema.sql.ServiceRole;
import io.millrace.schema.topic.Topic;
import io.millrace.standalone.demo.Demo;
import io.millrace.standalone.demo.DemoOptions;
import io.millrace.standalone.summary.LiveSummary;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code millrace up}: everything in one process tree, in the foreground, until it is told to stop. */
public final class Up implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Up.class);
    /** Set by the script if standard error is a terminal; Java can tell that of all three streams together only. */
    private static final String TERMINAL = "millrace.terminal";

    private static final String INCIDENTS = "demo-incidents.json";
    private static final long START_SECONDS = 120;
    /** What the first start has of windows to learn from; a later one goes on from its checkpoint. */
    private static final Duration ANOMALIES_SINCE = Duration.ofMinutes(30);

    private static final int API_CONNECTIONS = 8;

    private final UpOptions options;
    private final Teardown teardown;
    private final PrintStream progress;
    private final BiFunction<DataFolder, Teardown, Servers> servers;
    private final long begun = System.nanoTime();

    /** What begins when it has been said that every part takes work. */
    private Runnable afterReady = () -> {};

    /**
     * @param teardown closes everything, in the reverse of the order of starting
     * @param progress is told what is being done
     */
    Up(UpOptions options, Teardown teardown, PrintStream progress) {
        this(options, teardown, progress, EmbeddedServers::in);
    }

    /**
     * @param teardown closes everything, in the reverse of the order of starting
     * @param progress is told what is being done
     * @param servers what it stands on, for a data folder and the teardown of what is its own
     */
    Up(UpOptions options, Teardown teardown, PrintStream progress, BiFunction<DataFolder, Teardown, Servers> servers) {
        this.options = options;
        this.teardown = teardown;
        this.progress = progress;
        this.servers = servers;
    }

    /** Starts, says so on standard output, and returns only if it cannot start; signals end the process. */
    static void run(UpOptions options) throws Exception {
        Teardown teardown = Teardown.atExit();
        try {
            if (options.fresh()) {
                deleteData(options);
            }
            Up up = new Up(options, teardown, System.err);
            System.out.println(up.start());
            System.out.flush();
            up.afterReady.run();
        } catch (Exception e) {
            LOGGER.debug("up failed", e);
            System.err.println("millrace: " + reason(e));
            teardown.close();
            System.exit(1);
        }
        new CountDownLatch(1).await();
    }

    /** Starts everything, and returns the line that says where it is. */
    String start() throws Exception {
        DataFolder data = teardown.add("data folder", DataFolder.open(options.data()));
        System.setProperty("java.io.tmpdir", data.emptied("tmp").toString());
        int ingestPort = Ports.wanted(options.ingestPort(), "--ingest-port");
        int grpcPort = Ports.wanted(options.grpcPort(), "--grpc-port");
        int apiPort = Ports.wanted(options.apiPort(), "--api-port");
        int metricsPort = Ports.wanted(options.metricsPort(), "--metrics-port");
        Credentials credentials = Credentials.of(data, System.getenv());
        String ingestUrl = "http://127.0.0.1:" + ingestPort;
        String grpcUrl = "http://127.0.0.1:" + grpcPort;
        String apiUrl = "http://127.0.0.1:" + apiPort;
        credentials.write(ingestUrl, grpcUrl, apiUrl);

        say("starting Kafka, Postgres, Redis and Flink in " + data.root());
        Backing backing = new Backing(data, teardown, servers.apply(data, teardown));
        backing.start();
        say("starting jobs, API and edge");
        new Bootstrap(backing.jdbcUrl(), ServiceRole.API.user(), backing.password(ServiceRole.API))
                .run(credentials.seed());
        Jobs jobs = new Jobs(backing.flink());
        jobs.submit(tracesJob(backing, data));
        jobs.submit(anomaliesJob(backing));
        PrometheusMeterRegistry registry = registry(backing);
        startServices(registry, backing, ingestPort, grpcPort, apiPort, metricsPort);
        writePorts(data, backing, ingestPort, grpcPort, apiPort, metricsPort);
        options.demo().ifPresent(demo -> afterReady = () -> startDemo(demo, data, credentials, ingestUrl, apiUrl));
        say("ready after " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        return "ready ingest=" + ingestUrl + " grpc=" + grpcUrl + " api=" + apiUrl + " metrics=http://127.0.0.1:"
                + metricsPort + " credentials=" + credentials.file();
    }

    private void startDemo(
            DemoOptions demo, DataFolder data, Credentials credentials, String ingestUrl, String apiUrl) {
        say("sending as a synthetic application, seed " + demo.seed()
                + (demo.incidents() ? "; incidents begin in two minutes" : ", without incidents"));
        String key = credentials.seed().secretKey();
        boolean terminal = Boolean.getBoolean(TERMINAL);
        teardown.add("summary", LiveSummary.start(URI.create(apiUrl), key, progress, terminal));
        teardown.add(
                "demo",
                Demo.start(
                        URI.create(ingestUrl),
                        key,
                        demo,
                        Clock.systemUTC(),
                        content -> data.write(INCIDENTS, content)));
    }

    /** The figures of everything that is in this process; the keeper and the audit start with them. */
    private PrometheusMeterRegistry registry(Backing backing) {
        PrometheusMeterRegistry registry = ProcessMetrics.into(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        registry.getPrometheusRegistry()
                .register(new FlinkCollector(backing.flink().metrics()));
        JobFigures figures = new JobFigures(registry);
        BlobStore blobs = openBlobs(backing);
        teardown.add("blobs", blobs);
        Keeper keeper = new Keeper(keeperDatabase(backing), Clock.systemUTC(), Optional.of(blobs));
        figures.show(keeper);
        teardown.add("keeper", new KeeperThread(keeper)).start();
        Audit audit = teardown.add("audit", new Audit(keeperDatabase(backing)));
        figures.show(audit);
        audit.start();
        return registry;
    }

    private static TracesJob tracesJob(Backing backing, DataFolder data) {
        FaultHook hook = "1".equals(System.getenv("MILLRACE_FAULT_HOOK"))
                ? new FaultHook(data.folder("faults").toString())
                : FaultHook.OFF;
        return new TracesJob(log(backing), writer(backing), AssemblyConfig.DEFAULT, WindowConfig.DEFAULT, hook);
    }

    private static AnomaliesJob anomaliesJob(Backing backing) {
        long from = Clock.systemUTC().instant().minus(ANOMALIES_SINCE).toEpochMilli();
        return new AnomaliesJob(log(backing), writer(backing), from);
    }

    private static LogConfig log(Backing backing) {
        return new LogConfig(backing.bootstrap(), backing.kafka(), Topic.SPANS.partitions());
    }

    private static PgStoreFactory writer(Backing backing) {
        return new PgStoreFactory(backing.jdbcUrl(), ServiceRole.WRITER.user(), backing.password(ServiceRole.WRITER));
    }

    private static BlobStore openBlobs(Backing backing) {
        try {
            return backing.blobs().open();
        } catch (IOException broken) {
            throw new UncheckedIOException("the folder for blobs cannot be used", broken);
        }
    }

    private static Database keeperDatabase(Backing backing) {
        return new Database(backing.jdbcUrl(), ServiceRole.KEEPER.user(), backing.password(ServiceRole.KEEPER));
    }

    private void startServices(
            PrometheusMeterRegistry registry,
            Backing backing,
            int ingestPort,
            int grpcPort,
            int apiPort,
            int metricsPort)
            throws Exception {
        // Of pools only: requests are timed by route, which Vert.x does not know.
        Vertx vertx = EdgeTransport.vertx(new VertxOptions()
                        .setMetricsOptions(new MicrometerMetricsOptions()
                                .setEnabled(true)
                                .setDisabledMetricsCategories(Arrays.stream(MetricsDomain.values())
                                        .filter(domain -> domain != MetricsDomain.NAMED_POOLS)
                                        .map(MetricsDomain::toCategory)
                                        .collect(Collectors.toSet()))))
                .withMetrics(new MicrometerMetricsFactory(registry))
                .build();
        teardown.add("vertx", () -> await(vertx.close()));
        QueryConfig queryConfig = new QueryConfig(
                "127.0.0.1",
                apiPort,
                -1,
                new QueryConfig.Postgres(
                        backing.postgresHost(),
                        backing.postgresPort(),
                        backing.database(),
                        ServiceRole.API.user(),
                        backing.password(ServiceRole.API),
                        API_CONNECTIONS),
                new QueryConfig.Kafka(backing.bootstrap(), backing.kafka()),
                Optional.of(backing.webhookKey()),
                backing.cache(),
                Optional.of(backing.blobs()));
        Query query = await(Query.start(vertx, queryConfig, registry));
        teardown.add("query", () -> await(query.close()));
        IngestConfig ingestConfig = IngestConfig.of(backing.kafka())
                .withHost("127.0.0.1")
                .withPorts(ingestPort, grpcPort, metricsPort)
                .withMaskingKey(backing.maskingKey())
                .withWebhookKey(backing.webhookKey().getBytes(StandardCharsets.UTF_8))
                .withBlobs(backing.blobs())
                .withFreeDisk(backing::freeDisk);
        if (backing.cache().isPresent()) {
            ingestConfig = ingestConfig.withRedis(backing.cache().get());
        }
        Ingest ingest = await(Ingest.start(vertx, ingestConfig, registry, Clock.systemUTC()));
        teardown.add("ingest", () -> await(ingest.close()));
        long until = begun + TimeUnit.SECONDS.toNanos(START_SECONDS);
        awaitReady("the edge", until, ingest::unreadiness);
        awaitReady("the API", until, () -> query.isReady() ? List.of() : List.of("open windows are still being read"));
    }

    /**
     * Waits until nothing keeps a part from taking work.
     *
     * @param unreadiness what keeps it, in words; empty when nothing does
     * @throws IllegalStateException that says what, when the time is up by {@code System.nanoTime()}
     */
    static void awaitReady(String part, long until, Supplier<List<String>> unreadiness) throws InterruptedException {
        for (List<String> missing = unreadiness.get(); !missing.isEmpty(); missing = unreadiness.get()) {
            if (System.nanoTime() - until > 0) {
                throw new IllegalStateException(part + " is not ready: " + String.join("; ", missing));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void writePorts(DataFolder data, Backing backing, int ingest, int grpc, int api, int metrics) {
        Map<String, Object> ports = new HashMap<>(backing.ports());
        ports.put("pid", ProcessHandle.current().pid());
        ports.put("ingest", Map.of("port", ingest));
        ports.put("grpc", Map.of("port", grpc));
        ports.put("api", Map.of("port", api));
        ports.put("metrics", Map.of("port", metrics));
        data.writePorts(ports);
    }

    private static void deleteData(UpOptions options) throws IOException {
        Path folder = options.data();
        if (!Files.exists(folder)) {
            return;
        }
        if (!options.yes()) {
            if (System.console() == null) {
                throw new UsageException("--fresh deletes " + folder + ": confirm with --yes");
            }
            String answer = System.console().readLine("Delete everything in %s? [y/N] ", folder.toAbsolutePath());
            if (!"y".equalsIgnoreCase(answer)) {
                throw new UsageException("nothing was deleted");
            }
        }
        // Whoever holds the lock still uses what is there.
        DataFolder.open(folder).close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null
                && (cause.getMessage() == null || cause.getMessage().contains("Exception: "))) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private void say(String what) {
        progress.println("millrace: " + what);
    }

    @Override
    public void close() {
        teardown.close();
    }
}
