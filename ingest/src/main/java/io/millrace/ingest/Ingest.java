package io.millrace.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.blob.BlobStore;
import io.millrace.blob.BlobStoreConfig;
import io.millrace.ingest.admission.Admission;
import io.millrace.ingest.grpc.GrpcCalls;
import io.millrace.ingest.http.Alarm;
import io.millrace.ingest.http.BlobWrites;
import io.millrace.ingest.http.ConnectionWatch;
import io.millrace.ingest.http.Cors;
import io.millrace.ingest.http.Failure;
import io.millrace.ingest.http.Gate;
import io.millrace.ingest.http.Health;
import io.millrace.ingest.http.IngestParts;
import io.millrace.ingest.http.Requests;
import io.millrace.ingest.http.Turns;
import io.millrace.ingest.http.WaitingRoom;
import io.millrace.ingest.langfuse.MediaTickets;
import io.millrace.ingest.limit.Limiter;
import io.millrace.ingest.limit.LocalBuckets;
import io.millrace.ingest.limit.LocalLimiter;
import io.millrace.ingest.log.KafkaSpanLog;
import io.millrace.ingest.metric.IngestMetrics;
import io.millrace.ingest.privacy.MaskingCounts;
import io.millrace.ingest.privacy.MaskingFactory;
import io.millrace.ingest.project.ControlView;
import io.millrace.ingest.redis.KeyUseReport;
import io.millrace.ingest.redis.RedisLimiter;
import io.millrace.ingest.share.FairShare;
import io.millrace.schema.webhook.SecretSeal;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running edge. It listens as soon as it is started, and answers 503 until it knows its keys and reaches the log:
 * {@link #unreadiness()} says what it waits for.
 */
public final class Ingest {
    private static final Logger LOGGER = LoggerFactory.getLogger(Ingest.class);
    private static final long DISK_MILLIS = 1_000;
    private static final long PROBE_MILLIS = 1_000;
    private static final long USES_MILLIS = 60_000;
    /** They wait for the store most of the time. */
    private static final int BLOB_THREADS = 8;
    /** Deliveries of webhooks may hold a part in so many of what bodies may, beside it, and some of the largest at least. */
    private static final int DELIVERIES = 4;

    private static final long LEAST_FOR_DELIVERIES = 16L << 20;

    private static final List<String> PRODUCER_FIGURES = List.of(
            "record-send-rate",
            "record-send-total",
            "record-error-total",
            "record-retry-total",
            "request-latency-avg",
            "request-latency-max",
            "record-queue-time-avg",
            "batch-size-avg",
            "outgoing-byte-total",
            "requests-in-flight",
            "buffer-available-bytes",
            "buffer-exhausted-total");
    private static final List<String> CONSUMER_FIGURES = List.of("fetch-manager-records-lag-max");

    private final Vertx vertx;
    private final IngestConfig config;
    private final ControlView control;
    private final KafkaSpanLog log;
    private final FreeDisk disk;
    private final WorkerExecutor workers;
    private final FairShare memory;
    private final FairShare deliveries;
    private final LocalBuckets buckets = new LocalBuckets(System::nanoTime);
    private final @Nullable RedisLimiter shared;
    private final Limiter limiter;
    private final @Nullable BlobStore blobs;
    private final WorkerExecutor blobThreads;
    private final @Nullable KeyUseReport keyUses;
    private final Gate gate;
    private final Admission admission;
    private final MaskingCounts masked = new MaskingCounts();
    private final AtomicInteger connections = new AtomicInteger();
    private final WaitingRoom waiting = new WaitingRoom();
    private final List<String> deployments = new ArrayList<>();

    private volatile boolean stopping;
    private volatile int port;
    private volatile int grpcPort = IngestConfig.NO_GRPC;
    private volatile int managementPort = IngestConfig.NO_MANAGEMENT;
    private long diskTimer = -1;
    private long probeTimer = -1;
    private long usesTimer = -1;

    private Ingest(Vertx vertx, IngestConfig config, Clock clock) throws IOException {
        this.vertx = vertx;
        this.config = config;
        BlobStoreConfig store = config.blobs().store();
        this.blobs = store == null ? null : store.open();
        this.blobThreads = vertx.createSharedWorkerExecutor("ingest-blobs", BLOB_THREADS);
        this.log = KafkaSpanLog.open(config.kafka(), config.logBufferBytes(), config.delivery());
        this.control = ControlView.follow(
                config.kafka(), new MaskingFactory(config.maskingKey(), masked), new SecretSeal(config.webhookKey()));
        this.disk = new FreeDisk(config.freeDisk());
        this.workers = vertx.createSharedWorkerExecutor("ingest-decode", cores());
        this.memory = new FairShare(config.inFlightBytes());
        this.deliveries = new FairShare(Math.max(config.inFlightBytes() / DELIVERIES, LEAST_FOR_DELIVERIES));
        String redis = config.redis();
        this.shared = redis == null ? null : new RedisLimiter(vertx, redis, buckets);
        this.limiter = shared == null ? new LocalLimiter(buckets) : shared;
        this.admission = new Admission(control::directory, clock);
        this.keyUses = redis == null ? null : new KeyUseReport(vertx, redis, admission.uses());
        this.gate = new Gate(List.of(
                new Gate.Part("control", Failure.NOT_READY, control::unreadiness),
                new Gate.Part("log", Failure.NOT_READY, log::unreadiness),
                new Gate.Part("disk", Failure.DISK_LOW, disk::unreadiness),
                new Gate.Part("process", Failure.NOT_READY, this::stopping)));
    }

    /**
     * Starts an edge.
     *
     * @param registry takes the edge's figures; the management port shows all that is in it
     * @param clock gives {@code received_at}
     * @return succeeds when the ports are open; fails when one is taken or Kafka's address makes no sense
     */
    public static Future<Ingest> start(
            Vertx vertx, IngestConfig config, PrometheusMeterRegistry registry, Clock clock) {
        return start(vertx, config, registry, clock, Alarm.CLOCK);
    }

    /**
     * Starts an edge whose answers are due by another clock.
     *
     * @param alarm rings when one is
     */
    static Future<Ingest> start(
            Vertx vertx, IngestConfig config, PrometheusMeterRegistry registry, Clock clock, Alarm alarm) {
        return vertx.executeBlocking(() -> new Ingest(vertx, config, clock), false)
                .compose(ingest -> ingest.open(registry, clock, alarm)
                        .recover(failed -> ingest.close().transform(closed -> Future.failedFuture(failed))));
    }

    private Future<Ingest> open(PrometheusMeterRegistry registry, Clock clock, Alarm alarm) {
        IngestMetrics metrics = metrics(registry);
        IngestParts parts = new IngestParts(
                config.limits(),
                clock,
                alarm,
                gate,
                admission,
                memory,
                deliveries,
                log,
                limiter,
                new BlobWrites(blobs, config.blobs().payloads(), blobThreads, metrics),
                new MediaTickets(config.webhookKey()),
                metrics,
                workers);
        diskTimer = vertx.setPeriodic(0, DISK_MILLIS, tick -> workers.executeBlocking(this::measureDisk, false));
        RedisLimiter probed = shared;
        if (probed != null) {
            probeTimer = vertx.setPeriodic(0, PROBE_MILLIS, tick -> probed.probe());
        }
        KeyUseReport reported = keyUses;
        if (reported != null) {
            usesTimer = vertx.setPeriodic(USES_MILLIS, tick -> reported.tell());
        }
        DeploymentOptions perLoop =
                new DeploymentOptions().setInstances(config.eventLoops() == 0 ? cores() : config.eventLoops());
        return deployed(vertx.deployVerticle(() -> http(parts), perLoop))
                .compose(served -> config.grpcPort() == IngestConfig.NO_GRPC
                        ? Future.succeededFuture()
                        : deployed(vertx.deployVerticle(() -> grpc(parts), perLoop)))
                .compose(served -> manage(registry))
                .map(this)
                .onSuccess(ingest ->
                        LOGGER.atInfo().addKeyValue("port", ingest.port()).log("edge listens"));
    }

    private EdgeServer http(IngestParts parts) {
        return new EdgeServer(
                ServerOptions.http(config),
                config.drain(),
                loop -> watch(
                        loop,
                        parts,
                        new Requests(
                                loop,
                                Turns.on(loop, waiting),
                                parts,
                                new Cors(config.server().origins()))),
                opened -> port = opened);
    }

    private EdgeServer grpc(IngestParts parts) {
        return new EdgeServer(
                ServerOptions.grpc(config),
                config.drain(),
                loop -> watch(loop, parts, new GrpcCalls(loop, Turns.on(loop, waiting), parts)),
                opened -> grpcPort = opened);
    }

    private ConnectionWatch watch(Vertx loop, IngestParts parts, Handler<HttpServerRequest> requests) {
        return new ConnectionWatch(loop, config.server().connections(), connections, parts.metrics(), requests);
    }

    private Future<?> manage(PrometheusMeterRegistry registry) {
        return config.managementPort() == IngestConfig.NO_MANAGEMENT
                ? Future.succeededFuture()
                : deployed(vertx.deployVerticle(
                        new ManagementServer(config, new Health(gate), registry, opened -> managementPort = opened)));
    }

    private Future<String> deployed(Future<String> deployment) {
        return deployment.onSuccess(deployments::add);
    }

    private IngestMetrics metrics(MeterRegistry registry) {
        IngestMetrics metrics = new IngestMetrics(registry);
        metrics.inFlight("requests", memory::held);
        metrics.inFlight("deliveries", deliveries::held);
        metrics.inFlight("log", log::unacknowledgedBytes);
        metrics.masked(masked);
        metrics.connections(connections::get);
        metrics.waiting(waiting::requests);
        metrics.localLimits(limiter::isLocal);
        metrics.kafkaClient("producer", "millrace-ingest", PRODUCER_FIGURES, log::figure);
        metrics.kafkaClient("consumer", "millrace-ingest-control", CONSUMER_FIGURES, name -> control.lag());
        return metrics;
    }

    private boolean measureDisk() {
        disk.measure();
        return true;
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private Optional<String> stopping() {
        return stopping ? Optional.of("the edge is stopping") : Optional.empty();
    }

    /** The port for spans over HTTP. */
    public int port() {
        return port;
    }

    /** The port for spans over gRPC, or {@link IngestConfig#NO_GRPC}. */
    public int grpcPort() {
        return grpcPort;
    }

    /** The port for health and metrics, or {@link IngestConfig#NO_MANAGEMENT}. */
    public int managementPort() {
        return managementPort;
    }

    /** Why spans are not taken now, a sentence per part; empty when they are. */
    public List<String> unreadiness() {
        return gate.unreadiness();
    }

    /** Bytes that requests under way hold, in bodies and in the log. */
    public long inFlightBytes() {
        return memory.held() + deliveries.held() + log.unacknowledgedBytes();
    }

    /** Stops in order: no new connections, the answers under way, then the log and the view of keys. */
    public Future<Void> close() {
        stopping = true;
        vertx.cancelTimer(diskTimer);
        vertx.cancelTimer(probeTimer);
        vertx.cancelTimer(usesTimer);
        List<Future<Void>> undeployed =
                deployments.stream().map(vertx::undeploy).toList();
        return Future.join(undeployed)
                .transform(served -> vertx.executeBlocking(this::closeClients, false))
                .eventually(this::leave)
                .eventually(workers::close)
                .eventually(blobThreads::close)
                .mapEmpty();
    }

    private Future<Void> leave() {
        RedisLimiter limits = shared;
        KeyUseReport uses = keyUses;
        return limits == null || uses == null
                ? Future.succeededFuture()
                : uses.close().compose(told -> limits.close());
    }

    private boolean closeClients() {
        log.close();
        control.close();
        BlobStore store = blobs;
        if (store != null) {
            store.close();
        }
        return true;
    }

    /** How long {@link #close()} may take at most. */
    static long closeMillis(IngestConfig config) {
        return config.drain().toMillis() + TimeUnit.SECONDS.toMillis(6);
    }
}
