package io.millrace.query.trace;

import io.millrace.blob.BlobStore;
import io.millrace.blob.StoredBlob;
import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.wire.BlobReference;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /v1/traces/ID/blobs/BLOB}: what a span refers to. Who may read the trace may read it, and nobody else: a blob that no
 * span of the trace refers to is not there. What is in it is the sender's, so that no browser may show it as ours.
 */
public final class BlobRoutes {
    private static final Logger LOGGER = LoggerFactory.getLogger(BlobRoutes.class);
    private static final Set<String> PARAMETERS = Set.of(Parameters.PROJECT);
    /** Each holds a file or a connection open for as long as its client takes to read. */
    private static final int MOST_AT_ONCE = 100;

    private final TraceStore traces;
    private final Optional<BlobStore> blobs;
    private final Access access;
    private final WorkerExecutor workers;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param blobs empty if there is no store
     * @param workers wait for the store
     */
    public BlobRoutes(Database database, Optional<BlobStore> blobs, Access access, WorkerExecutor workers) {
        this.traces = new TraceStore(database);
        this.blobs = blobs;
        this.access = access;
        this.workers = workers;
    }

    public void mount(Router router) {
        router.get("/v1/traces/:id/blobs/:blob")
                .handler(access.requiring(Scope.READ))
                .handler(this::find);
    }

    private void find(RoutingContext context) {
        UUID project = Access.projectOf(context);
        Parameters.of(Replies.query(context), PARAMETERS, Set.of());
        TraceId trace = TraceRoutes.parse(project, context.pathParam("id"));
        BlobId blob = parse(context.pathParam("blob"));
        BlobStore store =
                blobs.orElseThrow(() -> Problem.of(ProblemType.UNAVAILABLE, "this API was told of no blob store"));
        traces.find(project, trace)
                .compose(stored -> workers.executeBlocking(() -> reference(stored, blob), false))
                .compose(reference -> send(context, reference, store, project, blob))
                .onFailure(failure -> fail(context, failure));
    }

    private static BlobId parse(String text) {
        try {
            return BlobId.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw absent();
        }
    }

    private static Problem absent() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such blob in this trace");
    }

    private static BlobReference reference(TraceStore.Stored stored, BlobId blob) {
        return Payloads.of(stored.blocks(), stored.facts()).reference(blob).orElseThrow(BlobRoutes::absent);
    }

    private Future<Void> send(
            RoutingContext context, BlobReference reference, BlobStore store, UUID project, BlobId blob) {
        if (open.incrementAndGet() > MOST_AT_ONCE) {
            open.decrementAndGet();
            return Future.failedFuture(Problem.of(ProblemType.TOO_MANY, "too many blobs are being read"));
        }
        return workers.executeBlocking(() -> open(store, project, blob), false)
                .compose(found -> {
                    head(context.response(), reference, found.bytes());
                    return new BlobTransfer(found, context.response(), workers).run();
                })
                .onComplete(sent -> open.decrementAndGet());
    }

    private static StoredBlob open(BlobStore store, UUID project, BlobId blob) {
        try {
            return store.open(project, blob).orElseThrow(BlobRoutes::absent);
        } catch (IOException away) {
            LOGGER.atWarn()
                    .addKeyValue("project", project)
                    .addKeyValue("reason", away.getMessage())
                    .log("blob store is away");
            throw Problem.of(ProblemType.UNAVAILABLE, "the blob store does not answer");
        }
    }

    private static void head(HttpServerResponse response, BlobReference reference, long bytes) {
        String name = reference.getName().isEmpty() ? "payload" : reference.getName();
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        response.putHeader("content-type", reference.getMediaType())
                .putHeader("content-length", Long.toString(bytes))
                .putHeader("content-disposition", "attachment; filename*=UTF-8''" + encoded)
                .putHeader("x-content-type-options", "nosniff")
                .putHeader("content-security-policy", "sandbox; default-src 'none'")
                .putHeader("cache-control", "private, no-store")
                // What has a length keeps it: it is not packed on the way.
                .putHeader("content-encoding", "identity");
    }

    /** Once something was sent, only the end of the connection can say that the rest is missing. */
    private static void fail(RoutingContext context, Throwable failure) {
        HttpServerResponse response = context.response();
        if (!response.headWritten()) {
            for (String header : List.of("content-length", "content-disposition", "content-encoding")) {
                response.headers().remove(header);
            }
            context.fail(failure);
        } else if (!response.closed()) {
            context.request().connection().close();
        }
    }
}
