package io.millrace.query.live;

import static io.millrace.query.Api.eventually;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.query.Api;
import io.millrace.query.QueryConfig;
import io.millrace.query.auth.Access;
import io.millrace.query.auth.KeyStore;
import io.millrace.query.db.Database;
import io.millrace.query.http.Problems;
import io.millrace.query.metric.MetricChannel;
import io.millrace.query.trace.TraceChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The feed by itself, over the broker and the database of {@link Api}, with bounds and a clock of its own. */
final class FeedServer implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final LiveRoutes routes;
    private final Database database;
    private final HttpServer server;
    private final HandClock clock = new HandClock();

    /** The time, and what was added to it. */
    private static final class HandClock extends Clock {
        private final Clock real = Clock.systemUTC();
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return real.instant().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return real.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    FeedServer(Api api, LiveSettings settings) {
        QueryConfig.Postgres postgres = api.config().postgres();
        database = Database.open(
                vertx,
                new PgConnectOptions()
                        .setHost(postgres.host())
                        .setPort(postgres.port())
                        .setDatabase(postgres.database())
                        .setUser(postgres.user())
                        .setPassword(postgres.password()),
                2);
        routes = new LiveRoutes(vertx, new Access(new KeyStore(database), System::nanoTime), clock, settings);
        routes.follow(Channel.TRACES, new TraceChannel(), () -> consumer(api));
        routes.follow(Channel.METRICS, new MetricChannel(routes.streamTime()::reached), () -> consumer(api));
        routes.start(registry);
        Router router = Router.router(vertx);
        routes.mount(router);
        new Problems().mount(router);
        HttpServerOptions options = LiveRoutes.configure(new HttpServerOptions().setHost("127.0.0.1"));
        server = get(vertx.createHttpServer(options).requestHandler(router).listen(0));
        eventually().until(routes::isReady);
    }

    private static Consumer<byte[], byte[]> consumer(Api api) {
        Map<String, Object> client = new HashMap<>(api.stack().broker().clientProperties());
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "none");
        client.put("max.poll.records", 500);
        return new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    int port() {
        return server.actualPort();
    }

    void advance(Duration time) {
        clock.ahead = clock.ahead.plus(time);
    }

    double figure(String name) {
        return registry.get(name).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    private static <T> T get(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    @Override
    public void close() {
        get(routes.leave());
        get(server.close());
        routes.close();
        get(database.close());
        get(vertx.close());
    }
}
