package io.millrace.query;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.blob.BlobStore;
import io.millrace.query.anomaly.AnomalyChannel;
import io.millrace.query.anomaly.AnomalyRoutes;
import io.millrace.query.auth.Access;
import io.millrace.query.auth.KeyStore;
import io.millrace.query.db.Database;
import io.millrace.query.http.Problems;
import io.millrace.query.ledger.LedgerRoutes;
import io.millrace.query.live.Channel;
import io.millrace.query.live.LiveRoutes;
import io.millrace.query.live.LiveSettings;
import io.millrace.query.masking.MaskingSetting;
import io.millrace.query.metric.MetricChannel;
import io.millrace.query.metric.MetricRoutes;
import io.millrace.query.project.KeyRoutes;
import io.millrace.query.project.KeyUses;
import io.millrace.query.project.LimitSetting;
import io.millrace.query.project.Outbox;
import io.millrace.query.project.ProjectRoutes;
import io.millrace.query.project.QuotaCount;
import io.millrace.query.rejected.RejectedRoutes;
import io.millrace.query.sampling.SamplingSetting;
import io.millrace.query.setting.SettingRoutes;
import io.millrace.query.trace.BlobRoutes;
import io.millrace.query.trace.TraceChannel;
import io.millrace.query.trace.TraceRoutes;
import io.millrace.query.webhook.WebhookRoutes;
import io.millrace.schema.webhook.SecretSeal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The query API, running. The schema and the topics have to be there before it starts. */
public final class Query {
    private static final int WORKERS = 2;
    /** They wait for the blob store most of the time. */
    private static final int BLOB_THREADS = 4;

    private static final int MAX_REQUEST_LINE = 32 << 10;
    private static final String ANY = "0.0.0.0";

    private final Vertx vertx;
    private final QueryConfig config;
    private final MeterRegistry registry;
    private final Deque<Supplier<Future<?>>> closers = new ArrayDeque<>();
    private volatile @Nullable MetricRoutes metrics;
    private volatile @Nullable LiveRoutes live;
    private volatile List<String> routes = List.of();
    private int port;
    private int managementPort = -1;

    private Query(Vertx vertx, QueryConfig config, MeterRegistry registry) {
        this.vertx = vertx;
        this.config = config;
        this.registry = registry;
    }

    /** Starts with metrics of its own. */
    public static Future<Query> start(Vertx vertx, QueryConfig config) {
        return start(vertx, config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    /**
     * Starts; the result is there when requests are taken. A database or broker that is away does not keep it from
     * starting: requests are then answered with 503.
     *
     * @param registry where its metrics go; on the management port they are shown only if it is Prometheus'
     */
    public static Future<Query> start(Vertx vertx, QueryConfig config, MeterRegistry registry) {
        Query query = new Query(vertx, config, registry);
        return query.start()
                .map(query)
                .recover(failure -> query.close().transform(closed -> Future.failedFuture(failure)));
    }

    /** The port of the API. */
    public int port() {
        return port;
    }

    /** The port of {@code /metrics}; -1 if there is none. */
    public int managementPort() {
        return managementPort;
    }

    /** Whether open windows are known and the feed can be followed; the database may still be away. */
    public boolean isReady() {
        MetricRoutes following = metrics;
        LiveRoutes feed = live;
        return following != null && following.isReady() && feed != null && feed.isReady();
    }

    /** Method and path template of every route that is built, as OpenAPI writes them. */
    List<String> routes() {
        return routes;
    }

    /** Stops taking requests, then lets go of the log and the database. */
    public Future<Void> close() {
        Future<?> done = Future.succeededFuture();
        while (!closers.isEmpty()) {
            Supplier<Future<?>> next = closers.removeLast();
            done = done.transform(before -> next.get());
        }
        return done.transform(last -> Future.succeededFuture());
    }

    private Future<Void> start() {
        return vertx.executeBlocking(this::openBlobs, false).compose(this::start);
    }

    private Optional<BlobStore> openBlobs() throws IOException {
        if (config.blobs().isEmpty()) {
            return Optional.empty();
        }
        BlobStore store = config.blobs().get().open();
        closers.add(() -> blocking(store::close));
        return Optional.of(store);
    }

    private Future<Void> start(Optional<BlobStore> blobs) {
        Database database = Database.open(vertx, login(), config.postgres().poolSize());
        closers.add(database::close);
        Kafka kafka = new Kafka(config.kafka());
        Outbox outbox = new Outbox(
                config.postgres().jdbcUrl(),
                config.postgres().user(),
                config.postgres().password(),
                kafka::producer);
        outbox.start();
        closers.add(() -> blocking(outbox::close));
        HealthRoutes health = new HealthRoutes(database, this::isReady);
        Router router = router(database, kafka, health, blobs);
        return serve(router, config.host(), config.port())
                .onSuccess(listening -> {
                    port = listening;
                    LiveRoutes feed = live;
                    if (feed != null) {
                        closers.add(feed::leave);
                    }
                })
                .compose(listening -> manage(health));
    }

    private Router router(Database database, Kafka kafka, HealthRoutes health, Optional<BlobStore> blobs) {
        Clock clock = Clock.systemUTC();
        Access access = new Access(new KeyStore(database), System::nanoTime);
        WorkerExecutor workers = vertx.createSharedWorkerExecutor("millrace-query-" + UUID.randomUUID(), WORKERS);
        closers.add(workers::close);
        WorkerExecutor blobThreads =
                vertx.createSharedWorkerExecutor("millrace-query-blobs-" + UUID.randomUUID(), BLOB_THREADS);
        closers.add(blobThreads::close);
        MetricRoutes following = new MetricRoutes(database, access, kafka::consumer, clock);
        following.start(registry);
        metrics = following;
        closers.add(() -> blocking(following::close));
        LedgerRoutes ledger = new LedgerRoutes(vertx, database, access, kafka::consumer, clock, System::nanoTime);
        closers.add(ledger::close);
        RejectedRoutes rejected =
                new RejectedRoutes(vertx, database, access, kafka::consumer, kafka::producer, clock, System::nanoTime);
        closers.add(rejected::close);
        LiveRoutes feed = live(access, ledger, kafka, clock);
        live = feed;

        Router router = Router.router(vertx);
        router.route().handler(new RequestMetrics(registry, System::nanoTime));
        new TraceRoutes(database, access, workers, clock).mount(router);
        new BlobRoutes(database, blobs, access, blobThreads).mount(router);
        following.mount(router);
        ledger.mount(router);
        rejected.mount(router);
        SecureRandom random = new SecureRandom();
        new AnomalyRoutes(database, access, clock, random).mount(router);
        new ProjectRoutes(database, access, clock, random).mount(router);
        new KeyRoutes(database, access, clock, random).mount(router);
        new SettingRoutes(new MaskingSetting(database), access).mount(router);
        new SettingRoutes(new LimitSetting(database, clock), access).mount(router);
        new SettingRoutes(new SamplingSetting(database), access).mount(router);
        QuotaCount quotas = new QuotaCount(vertx, database, clock);
        quotas.start();
        closers.add(quotas::close);
        KeyUses uses = new KeyUses(vertx, database, access.used(), config.redis(), clock);
        uses.start();
        closers.add(uses::close);
        new WebhookRoutes(database, access, workers, seal(), clock, random).mount(router);
        feed.mount(router);
        health.mount(router);
        new OpenApiRoutes().mount(router);
        routes = templates(router);
        // Pages for people, which are no operations of the API.
        new DocsRoutes().mount(router);
        NotBuiltYet.mount(router);
        new Problems().mount(router);
        return router;
    }

    private Optional<SecretSeal> seal() {
        return config.webhookKey().map(key -> new SecretSeal(key.getBytes(StandardCharsets.UTF_8)));
    }

    private LiveRoutes live(Access access, LedgerRoutes ledger, Kafka kafka, Clock clock) {
        LiveRoutes feed = new LiveRoutes(vertx, access, clock, LiveSettings.defaults());
        feed.follow(Channel.TRACES, new TraceChannel(), kafka::follower);
        feed.follow(Channel.METRICS, new MetricChannel(feed.streamTime()::reached), kafka::follower);
        feed.follow(Channel.ANOMALIES, new AnomalyChannel(), kafka::follower);
        feed.ask(Channel.LEDGER, ledger::newest);
        feed.start(registry);
        closers.add(() -> blocking(feed::close));
        return feed;
    }

    private static List<String> templates(Router router) {
        return router.getRoutes().stream()
                .filter(route -> route.methods() != null)
                .flatMap(route -> route.methods().stream()
                        .map(method -> method.name() + " " + route.getName().replaceAll(":(\\w+)", "{$1}")))
                .distinct()
                .toList();
    }

    private Future<Void> manage(HealthRoutes health) {
        if (config.managementPort() < 0 || !(registry instanceof PrometheusMeterRegistry prometheus)) {
            return Future.succeededFuture();
        }
        Router router = Router.router(vertx);
        router.get("/metrics")
                // A scrape walks every meter: not the event loop's work.
                .handler(context -> vertx.executeBlocking(() -> prometheus.scrape(), false)
                        .onSuccess(text -> context.response()
                                .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                                .end(text))
                        .onFailure(context::fail));
        health.mount(router);
        new Problems().mount(router);
        return serve(router, config.host(), config.managementPort())
                .onSuccess(listening -> managementPort = listening)
                .mapEmpty();
    }

    private Future<Integer> serve(Router router, String host, int wantedPort) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host.isEmpty() ? ANY : host)
                .setPort(wantedPort)
                // Vert.x never frees the body of a request that asks for HTTP/2 in the wrong way.
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(true)
                .setMaxInitialLineLength(MAX_REQUEST_LINE);
        LiveRoutes.configure(options);
        QueryServer server = new QueryServer(router, options);
        return vertx.deployVerticle(server)
                .onSuccess(id -> closers.add(() -> vertx.undeploy(id)))
                .map(id -> server.port());
    }

    private PgConnectOptions login() {
        QueryConfig.Postgres postgres = config.postgres();
        return new PgConnectOptions()
                .setHost(postgres.host())
                .setPort(postgres.port())
                .setDatabase(postgres.database())
                .setUser(postgres.user())
                .setPassword(postgres.password());
    }

    private Future<?> blocking(Runnable close) {
        return vertx.executeBlocking(() -> {
            close.run();
            return null;
        });
    }
}
