package io.millrace.ingest.http;

import io.millrace.ingest.admission.Admitted;
import io.millrace.ingest.admission.AdmittedDelivery;
import io.millrace.ingest.admission.NotAdmitted;
import io.millrace.ingest.langfuse.MediaUpload;
import io.millrace.ingest.limit.Allowance;
import io.millrace.ingest.limit.Bucket;
import io.millrace.ingest.limit.Charge;
import io.millrace.ingest.limit.LimitName;
import io.millrace.ingest.limit.Rates;
import io.millrace.ingest.limit.Verdict;
import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.project.Project;
import io.millrace.ingest.span.EncodedRecord;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.webhook.Unverified;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request that brings spans, from its headers to its answer: admitted, read, unpacked, decoded, appended, answered.
 * Small bodies are decoded where they arrive, on the event loop; large ones on a worker. Whatever happens, the answer is
 * there within the deadline after the body is.
 */
public final class Exchange {
    private static final Logger LOGGER = LoggerFactory.getLogger(Exchange.class);
    private static final int RECORD_BYTES = 1 << 20;
    /** So many times the bytes of a packed body are unpacked at an event loop: what clients send is some twenty times as long. */
    private static final long MOST_UNPACKED = 100;

    private final IngestParts parts;
    private final Vertx vertx;
    private final Context context;
    private final HttpServerRequest request;
    private final Endpoint endpoint;
    private final Protocol protocol;
    /** Read by workers too: what nobody waits for any more is not begun. */
    private volatile boolean answered;
    /** Bytes of the answer, paid for from when the body is decoded until it is written: its reader may take its time. */
    private volatile long told;

    private Allowance allowance = Allowance.UNLIMITED;

    private Runnable noDeadline = () -> {};

    /**
     * @param request whose headers have arrived
     * @param protocol how it wraps its body and wants its answer
     */
    public Exchange(IngestParts parts, Vertx vertx, HttpServerRequest request, Endpoint endpoint, Protocol protocol) {
        this.parts = parts;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.endpoint = endpoint;
        this.protocol = protocol;
    }

    /** Refuses the request without a look at its body. Like {@link #begin}, to be called instead of it. */
    public void turnAway(Refused refused) {
        BodyReader.drop(request, parts.limits().wireBytes());
        refuse(refused);
    }

    /** Begins when its project's turn comes. To be called on the request's event loop, before its handler returns. */
    public void begin(Turns turns) {
        try {
            parts.gate().check();
            Decoding decoding = switch (endpoint) {
                case WEBHOOK -> webhook();
                case LANGFUSE_UPLOAD -> upload();
                default -> dialect();
            };
            turns.take(queue(decoding.context().project()), new Arrived(decoding));
        } catch (Unverified forged) {
            parts.metrics().unverified(forged.reason());
            turnAway(Failure.of(forged));
        } catch (Refused | NotAdmitted refused) {
            turnAway(Failure.of(refused));
        }
    }

    /** Whoever knows the path of a source may send what is not its project's, and that is not to wait before what is. */
    private UUID queue(UUID project) {
        return endpoint == Endpoint.WEBHOOK
                ? new UUID(~project.getMostSignificantBits(), project.getLeastSignificantBits())
                : project;
    }

    /** The request as one that waits for its turn. */
    private final class Arrived implements Turns.Arrival {
        private final Decoding decoding;
        private final int bytes = readBytes();
        private Runnable goOn = () -> {};

        private Arrived(Decoding decoding) {
            this.decoding = decoding;
        }

        @Override
        public void begin() {
            if (!isGone()) {
                read(decoding);
                goOn.run();
            }
        }

        @Override
        public void hold() {
            goOn = UnreadBodies.hold(request);
        }

        @Override
        public void refuse() {
            if (!isGone()) {
                turnAway(Failure.OVERLOADED.because("send again in a moment"));
                goOn.run();
            }
        }

        @Override
        public int bytes() {
            return bytes;
        }

        private int readBytes() {
            int most = UnreadBodies.mostHeld(request);
            long announced = BodyReader.announcedLength(request);
            return announced < 0 ? most : (int) Math.min(most, announced);
        }
    }

    private Decoding dialect() throws Refused, NotAdmitted {
        Admitted admitted =
                parts.admission().admit(request.getHeader(HttpHeaders.AUTHORIZATION), request.getHeader("x-api-key"));
        Project project = admitted.project();
        checkQuota(project);
        allowance = admitted.allowance();
        if (endpoint == Endpoint.LANGFUSE_MEDIA) {
            return announcement(contextOf(project));
        }
        return endpoint.isLangSmith()
                ? LangSmithDecoding.of(endpoint, request, protocol.contentType(), contextOf(project))
                : new DialectDecoding(endpoint, protocol.contentType(), contextOf(project));
    }

    private Decoding announcement(RequestContext of) throws Refused {
        if (!of.payloads().areStored()) {
            throw Failure.NOT_AVAILABLE.because("this edge has no blob store");
        }
        return new MediaDecoding.Announcement(
                parts.tickets(), MediaDecoding.uploads(request), parts.limits().wireBytes(), of);
    }

    /** Who has the ticket was let in when it was given out. */
    private Decoding upload() throws Refused {
        MediaUpload announced = parts.tickets()
                .read(Endpoint.last(request.path()), parts.clock().millis())
                .orElseThrow(() -> Failure.BAD_SIGNATURE.because("the address is not one of ours, or an hour old"));
        Project project = parts.admission()
                .project(announced.project())
                .orElseThrow(() -> Failure.UNKNOWN_PATH.because("there is no such project"));
        checkQuota(project);
        allowance = Allowance.of(project.id(), project.rates(), null, Rates.NONE);
        return new MediaDecoding.Upload(announced, contextOf(project));
    }

    private Decoding webhook() throws Refused, NotAdmitted, Unverified {
        // Read by a worker later, when the request may be no more.
        MultiMap headers = request.headers();
        AdmittedDelivery admitted = parts.admission().admitDelivery(Endpoint.last(request.path()), headers::get);
        checkQuota(admitted.project());
        allowance = admitted.allowance();
        return new WebhookDecoding(admitted.delivery(), protocol.contentType(), contextOf(admitted.project()));
    }

    private void checkQuota(Project project) throws Refused {
        long now = parts.clock().millis();
        if (project.quota().isUsedUp(now)) {
            parts.metrics().limited(LimitName.QUOTA);
            throw Failure.QUOTA_USED_UP.passingIn(
                    project.quota().nanosToNextMonth(now), project.quota().spansPerMonth() + " spans a month");
        }
    }

    private Budget budget(RequestContext of) {
        return new Budget(parts.memory(), of.project());
    }

    /** What holds a body until it is decoded. That of a delivery is nobody's before: only then its signature is known to be good. */
    private Budget received(RequestContext of) {
        return endpoint == Endpoint.WEBHOOK ? new Budget(parts.deliveries(), of.project()) : budget(of);
    }

    private void read(Decoding decoding) {
        try {
            read(
                    decoding,
                    protocol.intake(received(decoding.context()), parts.limits().wireBytes()));
        } catch (Refused refused) {
            turnAway(refused);
        }
    }

    private void read(Decoding decoding, Intake intake) {
        BodyReader.read(
                        vertx,
                        request,
                        intake,
                        parts.limits().wireBytes(),
                        parts.limits().bodyPatience())
                .onSuccess(packed -> arrived(packed, decoding))
                .onFailure(this::unread);
    }

    private void unread(Throwable error) {
        if (error instanceof Refused) {
            refuse(error);
        } else {
            // The client has gone: there is nobody to answer.
            answered = true;
        }
    }

    private RequestContext contextOf(Project project) throws Refused {
        Masking masking = project.masking()
                .orElseThrow(() -> Failure.NOT_READY.because("this edge does not know the project's masking rules"));
        return new RequestContext(
                project.id(),
                parts.clock().millis(),
                project.retention(),
                parts.limits().span(),
                masking,
                project.sampling(),
                parts.blobs().payloads());
    }

    private void arrived(Packed packed, Decoding decoding) {
        long start = System.nanoTime();
        noDeadline = parts.alarm()
                .set(
                        vertx,
                        parts.limits().deadline(),
                        () -> refuse(Failure.LOG_TIMEOUT.because("no acknowledgement in time")));
        withinBytes(packed)
                .compose(taken -> process(packed, decoding))
                .onSuccess(spans -> {
                    parts.metrics().durable(spans, System.nanoTime() - start);
                    answer(protocol.taken(decoding.contentType(), spans)).onComplete(written -> forget(decoding));
                })
                .onFailure(error -> refuse(error).onComplete(written -> forget(decoding)));
    }

    /** Before anything is done with a body: this is what keeps the edge from working for more than it wants. */
    private Future<Void> withinBytes(Packed packed) {
        return endpoint == Endpoint.WEBHOOK
                ? Future.succeededFuture()
                : take(charges(allowance.bytes(), packed.bytes().length()))
                        .onFailure(refused -> packed.bytes().close());
    }

    /**
     * What a decoded body is counted as: its spans. A delivery is known to be its project's only once it is decoded, and its
     * bytes are counted then: else whoever knows the path of a source could use up what its sender may send.
     */
    private List<Charge> charges(Payload payload, RequestSpans spans) {
        List<Charge> ofSpans = charges(allowance.spans(), spans.accepted());
        if (endpoint != Endpoint.WEBHOOK) {
            return ofSpans;
        }
        List<Charge> all = new ArrayList<>(charges(allowance.bytes(), payload.wireBytes()));
        all.addAll(ofSpans);
        return all;
    }

    private static List<Charge> charges(List<Bucket> buckets, long units) {
        return units == 0 ? List.of() : Allowance.charges(buckets, units);
    }

    /** Asks nobody when there is no limit. */
    private Future<Void> take(List<Charge> charges) {
        if (charges.isEmpty()) {
            return Future.succeededFuture();
        }
        return Future.fromCompletionStage(parts.limiter().take(charges), context)
                .compose(this::taken);
    }

    private Future<Void> taken(Verdict verdict) {
        LimitName reached = verdict.reached();
        if (reached == null) {
            return Future.succeededFuture();
        }
        parts.metrics().limited(reached);
        return Future.failedFuture(
                Failure.LIMIT_REACHED.passingIn(verdict.waitNanos(), "the limit is " + reached.label()));
    }

    private Future<RequestSpans> process(Packed packed, Decoding decoding) {
        try {
            return unpack(
                    new Payload(
                            packed.bytes(),
                            packed.encoding(),
                            received(decoding.context()),
                            parts.limits().unpackedBytes()),
                    decoding);
        } catch (Refused | MalformedEnvelope | Unverified | RuntimeException refused) {
            return Future.failedFuture(refused);
        }
    }

    private Future<RequestSpans> unpack(Payload payload, Decoding decoding)
            throws Refused, MalformedEnvelope, Unverified {
        boolean handedOn = false;
        try {
            Future<RequestSpans> appended = payload.isUnpackedWithin(loopBytes(payload, decoding))
                    ? append(payload, decoding)
                    : parts.workers()
                            .executeBlocking(() -> unpackAndAppend(payload, decoding), false)
                            .compose(later -> later);
            handedOn = true;
            return appended;
        } finally {
            // Whatever went wrong, errors included: nobody else gives the memory back.
            if (!handedOn) {
                payload.close();
            }
        }
    }

    /** What is packed so well says the same again and again, and costs far more than its bytes. */
    private static int loopBytes(Payload payload, Decoding decoding) {
        return (int) Math.min(decoding.loopBytes(), MOST_UNPACKED * payload.wireBytes());
    }

    private Future<RequestSpans> unpackAndAppend(Payload payload, Decoding decoding)
            throws Refused, MalformedEnvelope, Unverified {
        boolean handedOn = false;
        try {
            if (answered) {
                throw Failure.LOG_TIMEOUT.because("");
            }
            payload.isUnpackedWithin(Integer.MAX_VALUE);
            Future<RequestSpans> appended = append(payload, decoding);
            handedOn = true;
            return appended;
        } finally {
            if (!handedOn) {
                payload.close();
            }
        }
    }

    /**
     * Decodes and hands over to the log. The body's memory is free again when this returns, or, when something has to be in the
     * blob store first, once it is there.
     */
    private Future<RequestSpans> append(Payload payload, Decoding decoding)
            throws Refused, MalformedEnvelope, Unverified {
        long decoded = decoding.memory(payload.length());
        Budget budget = received(decoding.context());
        budget.take(decoded);
        Runnable release = () -> {
            payload.close();
            budget.putBack(decoded);
        };
        boolean held = false;
        try {
            parts.metrics().body(payload.wireBytes(), payload.length());
            RequestSpans spans = decoding.decode(payload.array(), payload.length());
            tell(spans);
            List<EncodedRecord> records = spans.records(RECORD_BYTES);
            List<Charge> charges = charges(payload, spans);
            if (!spans.blobs().isEmpty()) {
                Future<RequestSpans> appended = appendBehindBlobs(records, spans, charges, release);
                held = true;
                return appended;
            }
            return charges.isEmpty() ? append(records, spans) : appendWithin(records, spans, charges);
        } finally {
            if (!held) {
                release.run();
            }
        }
    }

    /** Who reads a span shall find what it refers to. */
    private Future<RequestSpans> appendBehindBlobs(
            List<EncodedRecord> records, RequestSpans spans, List<Charge> charges, Runnable release) {
        Callable<Future<RequestSpans>> step = () -> {
            try {
                parts.blobs().write(spans.context().project(), spans.blobs(), () -> !answered);
            } finally {
                release.run();
            }
            return append(records, spans);
        };
        return take(charges)
                .onFailure(refused -> release.run())
                .compose(taken -> parts.blobs().run(step))
                .compose(appended -> appended);
    }

    private Future<RequestSpans> append(List<EncodedRecord> records, RequestSpans spans) {
        spans.forget();
        return Future.fromCompletionStage(
                        parts.log()
                                .append(
                                        spans.context().project(),
                                        records,
                                        spans.context().receivedAtMillis()),
                        context)
                .map(spans);
    }

    /** The records are paid for while they wait for the limiter; then the log pays. */
    private Future<RequestSpans> appendWithin(List<EncodedRecord> records, RequestSpans spans, List<Charge> charges) {
        boolean large = Context.isOnWorkerThread();
        long waiting =
                records.stream().mapToLong(record -> record.value().length).sum();
        Budget budget = budget(spans.context());
        budget.take(waiting);
        Supplier<Future<RequestSpans>> handOver = () -> {
            try {
                return append(records, spans);
            } finally {
                budget.putBack(waiting);
            }
        };
        return take(charges)
                .onFailure(refused -> budget.putBack(waiting))
                .compose(taken -> large ? aside(handOver) : handOver.get());
    }

    /** The limiter answers to the event loop, which has no time to pack large records. */
    private Future<RequestSpans> aside(Supplier<Future<RequestSpans>> handOver) {
        return parts.workers().executeBlocking(handOver::get, false).compose(appended -> appended);
    }

    private void tell(RequestSpans spans) {
        told = spans.toldBytes();
        if (told > 0) {
            budget(spans.context()).take(told);
        }
    }

    private void forget(Decoding decoding) {
        if (told > 0) {
            budget(decoding.context()).putBack(told);
        }
    }

    private Future<Void> refuse(Throwable error) {
        Refused refused = Failure.of(error);
        if (error instanceof Unverified forged) {
            parts.metrics().unverified(forged.reason());
        }
        if (refused.failure() == Failure.INTERNAL) {
            LOGGER.atError()
                    .addKeyValue("dialect", endpoint.dialect())
                    .setCause(error)
                    .log("request failed");
        }
        if (!answered && refused.failure().isPassing() && !refused.failure().isOwnLimit()) {
            parts.metrics().unavailable(refused.failure().code());
        }
        return answer(protocol.refused(refused));
    }

    private boolean isGone() {
        return request.response().closed();
    }

    /** @return completes when nothing of the answer is held any more */
    private Future<Void> answer(Reply reply) {
        if (answered) {
            return Future.succeededFuture();
        }
        answered = true;
        noDeadline.run();
        if (isGone()) {
            return Future.succeededFuture();
        }
        parts.metrics().answered(protocol.label(), reply.status());
        return reply.send(request.response());
    }
}
