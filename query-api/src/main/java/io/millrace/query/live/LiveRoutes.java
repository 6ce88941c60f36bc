package io.millrace.query.live;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.query.auth.Access;
import io.millrace.query.auth.Pass;
import io.millrace.query.auth.Scope;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code /v1/live} as a WebSocket, and {@code /v1/live/{channel}} as Server-Sent Events. */
public final class LiveRoutes implements AutoCloseable {
    private static final String PROTOCOL = "millrace.v1";
    private static final String TOKEN_ITEM = "bearer.";
    private static final String AFTER = "after";
    /** How long a client may leave unread what it was told last; its socket holds no more than that meanwhile. */
    private static final int UNREAD_SECONDS = 600;

    private static final int MAX_MESSAGE = 64 << 10;
    private static final long TICK_MILLIS = 1_000;

    private final Vertx vertx;
    private final Access access;
    private final Clock clock;
    private final LiveSettings settings;
    private final Map<Channel, Feed> feeds = new EnumMap<>(Channel.class);
    private final LiveFigures figures = new LiveFigures();
    private final StreamTime streamTime = new StreamTime();
    private final Connections connections;
    private final ExecutorService readers;
    private long timer = -1;

    public LiveRoutes(Vertx vertx, Access access, Clock clock, LiveSettings settings) {
        this.vertx = vertx;
        this.access = access;
        this.clock = clock;
        this.settings = settings;
        this.connections = new Connections(settings.connections(), settings.projectConnections());
        this.readers = Executors.newFixedThreadPool(settings.readers(), LiveRoutes::reader);
    }

    private static Thread reader(Runnable work) {
        Thread thread = new Thread(work, "millrace-live-reader");
        thread.setDaemon(true);
        return thread;
    }

    /** What a server needs to be told for {@code /v1/live}. */
    public static HttpServerOptions configure(HttpServerOptions options) {
        return options.setWebSocketSubProtocols(List.of(PROTOCOL))
                .setMaxWebSocketFrameSize(MAX_MESSAGE)
                .setMaxWebSocketMessageSize(MAX_MESSAGE)
                // A client that has read nothing for minutes shall still find why it was closed once it reads on.
                .setWebSocketClosingTimeout(UNREAD_SECONDS)
                .setIdleTimeout(UNREAD_SECONDS)
                // A compressor keeps a window for each client, and takes more time than all the rest.
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false);
    }

    /** Where the jobs' time is to be told, for the heartbeats. */
    public StreamTime streamTime() {
        return streamTime;
    }

    /**
     * Makes a channel of a topic.
     *
     * @param consumers make readers that fail, rather than skip, when their position is gone
     */
    public <D> void follow(Channel channel, Decoder<D> decoder, Supplier<Consumer<byte[], byte[]>> consumers) {
        var shared = new TopicFeed.Shared(settings, readers, clock::millis, figures);
        feeds.put(channel, new TopicFeed<>(channel, decoder, consumers, shared));
    }

    /** Makes a channel of a question. */
    public void ask(Channel channel, Question question) {
        Loop loop = new VertxLoop(vertx, vertx.getOrCreateContext());
        feeds.put(channel, new AnswerFeed(channel, question, loop, clock::millis, figures));
    }

    public void mount(Router router) {
        router.get("/v1/live").handler(this::upgrade);
        router.get("/v1/live/:channel").handler(access.requiring(Scope.READ)).handler(this::stream);
    }

    /** Begins to follow what was made a channel. */
    public void start(MeterRegistry registry) {
        feeds.values().forEach(Feed::start);
        timer = vertx.setPeriodic(TICK_MILLIS, tick -> connections.tick());
        Gauge.builder("millrace.live.connections", connections, Connections::size)
                .description("Clients of the live feed")
                .register(registry);
        Gauge.builder("millrace.live.subscriptions", connections, Connections::subscriptions)
                .description("What they follow")
                .register(registry);
        Gauge.builder("millrace.live.held.events", connections, Connections::held)
                .description("Events kept for single clients that are behind")
                .register(registry);
        feeds.forEach((channel, feed) -> {
            Tags tags = Tags.of("channel", channel.label());
            Gauge.builder("millrace.live.ring.bytes", feed, Feed::bytes)
                    .description("Newest events kept for all clients")
                    .tags(tags)
                    .register(registry);
            FunctionCounter.builder("millrace.live.events", figures, counted -> counted.events(channel))
                    .description("Events sent to clients")
                    .tags(tags)
                    .register(registry);
        });
        FunctionCounter.builder("millrace.live.gaps", figures, LiveFigures::gaps)
                .description("Gaps that clients were told of")
                .register(registry);
        FunctionCounter.builder("millrace.live.too.slow", figures, LiveFigures::closedAsTooSlow)
                .description("Clients closed because they did not read")
                .register(registry);
    }

    /** Whether every channel knows where it stands. */
    public boolean isReady() {
        return feeds.values().stream().allMatch(Feed::isReady);
    }

    /** Tells every client that the service stops. */
    public Future<Void> leave() {
        connections.closeAll();
        return Future.succeededFuture();
    }

    /** Returns when nothing is read any more. */
    @Override
    public void close() {
        vertx.cancelTimer(timer);
        feeds.values().forEach(Feed::close);
        readers.shutdown();
    }

    private void upgrade(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!request.canUpgradeToWebSocket()) {
            throw Problem.of(
                    ProblemType.UPGRADE_REQUIRED,
                    "ask for a WebSocket, or get /v1/live/{channel} for Server-Sent Events");
        }
        Parameters.of(Replies.query(context), Set.of(Parameters.PROJECT), Set.of());
        connections.requireRoom();
        Context loop = vertx.getOrCreateContext();
        // What follows the request must not be lost while the key is looked up.
        request.pause();
        admitted(context)
                .onComplete(result -> loop.runOnContext(known -> {
                    if (result.failed()) {
                        request.resume();
                        context.fail(result.cause());
                    } else {
                        request.toWebSocket()
                                .onSuccess(socket -> connect(context, socket, result.result()))
                                .onFailure(context::fail);
                    }
                }));
    }

    /** What the request's key opens; nothing if it brings none, which may still come as a message. */
    private Future<Optional<Pass>> admitted(RoutingContext context) {
        HttpServerRequest request = context.request();
        @Nullable String apiKey = request.getHeader("x-api-key");
        @Nullable String authorization = request.getHeader("authorization");
        if (authorization == null && apiKey == null) {
            authorization = token(request).map(token -> "Bearer " + token).orElse(null);
        }
        if (authorization == null && apiKey == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return access.admit(authorization, apiKey, project(context), Scope.READ).map(pass -> {
            connections.requireRoom(pass.project());
            return Optional.of(pass);
        });
    }

    private static @Nullable String project(RoutingContext context) {
        return context.queryParams().get(Parameters.PROJECT);
    }

    private static Optional<String> token(HttpServerRequest request) {
        return request.headers().getAll("sec-websocket-protocol").stream()
                .flatMap(line -> Arrays.stream(line.split(",")))
                .map(String::strip)
                .filter(item -> item.startsWith(TOKEN_ITEM))
                .map(item -> item.substring(TOKEN_ITEM.length()))
                .findFirst();
    }

    private void connect(RoutingContext context, ServerWebSocket socket, Optional<Pass> pass) {
        @Nullable String project = project(context);
        socket.setWriteQueueMaxSize(settings.outletBytes());
        Loop loop = new VertxLoop(vertx, vertx.getOrCreateContext());
        LiveConnection connection = new LiveConnection(new WebSocketOutlet(socket), loop, parts(project));
        socket.textMessageHandler(connection::received)
                .binaryMessageHandler(message -> connection.receivedOther())
                .pongHandler(pong -> connection.pong())
                .drainHandler(drained -> connection.drained())
                .closeHandler(closed -> connection.gone())
                .exceptionHandler(failure -> failed(connection, failure));
        try {
            connections.opened(connection, loop);
            pass.ifPresent(connection::admit);
        } catch (Problem tooMany) {
            connection.close(Closing.TOO_MANY, tooMany.type().code());
        }
    }

    /** The only failure that is not the connection's end is a message that is too long. */
    private static void failed(LiveConnection connection, Throwable failure) {
        if (failure instanceof IllegalStateException) {
            connection.close(Closing.TOO_LARGE, "a message has at most " + MAX_MESSAGE + " bytes");
        }
    }

    private LiveConnection.Parts parts(@Nullable String project) {
        return new LiveConnection.Parts(
                feeds,
                token -> access.admit("Bearer " + token, null, project, Scope.READ),
                connections,
                streamTime,
                figures,
                clock,
                settings.subscriptions());
    }

    private void stream(RoutingContext context) {
        LiveRequest request = request(context);
        EventStreamOutlet outlet = new EventStreamOutlet(context.response());
        Loop loop = new VertxLoop(vertx, vertx.getOrCreateContext());
        LiveConnection connection = new LiveConnection(outlet, loop, parts(null));
        try {
            connections.opened(connection, loop);
            connection.admit(Access.passOf(context));
            connection.subscribe(request);
        } catch (Problem problem) {
            connection.gone();
            throw problem;
        }
        context.response()
                .setWriteQueueMaxSize(settings.outletBytes())
                .drainHandler(drained -> connection.drained())
                .exceptionHandler(failure -> connection.gone())
                .closeHandler(closed -> connection.gone());
        outlet.open();
    }

    /** What is no parameter of every path is the filter. A browser that comes back says where it was in a header. */
    private static LiveRequest request(RoutingContext context) {
        String label = context.pathParam("channel");
        Channel channel =
                Channel.of(label).orElseThrow(() -> Problem.of(ProblemType.NOT_FOUND, "there is no such channel"));
        Map<String, List<String>> filter = Replies.query(context);
        filter.remove(Parameters.PROJECT);
        List<String> after = filter.remove(AFTER);
        Optional<String> cursor = Optional.ofNullable(context.request().getHeader("last-event-id"))
                .filter(id -> !id.isEmpty());
        if (cursor.isEmpty() && after != null) {
            cursor =
                    Parameters.of(Map.of(AFTER, after), Set.of(AFTER), Set.of()).text(AFTER);
        }
        return new LiveRequest(label, channel, filter, cursor);
    }
}
