package io.millrace.ingest.http;

import io.millrace.ingest.admission.NotAdmitted;
import io.millrace.ingest.project.Project;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** The first look at a request: where it belongs. */
public final class Requests implements Handler<HttpServerRequest> {
    private static final Answer OPENAPI = Answer.resource("/openapi/ingest.json");

    private final Vertx vertx;
    private final Turns turns;
    private final IngestParts parts;
    private final Cors cors;
    private final Health health;

    public Requests(Vertx vertx, Turns turns, IngestParts parts, Cors cors) {
        this.vertx = vertx;
        this.turns = turns;
        this.parts = parts;
        this.cors = cors;
        this.health = new Health(parts.gate());
    }

    @Override
    public void handle(HttpServerRequest request) {
        String path = request.path();
        Endpoint endpoint = Endpoint.of(path == null ? "/" : path);
        long began = System.nanoTime();
        request.response().endHandler(over -> served(request, endpoint, began));
        if (cors.answer(request, endpoint)) {
            parts.metrics().answered(endpoint.label(), request.response().getStatusCode());
        } else if (endpoint.isKnown() && !endpoint.takes(request.method().name())) {
            refuse(request, endpoint, wrongMethod(request, endpoint));
        } else if (endpoint.takesItems()) {
            exchange(request, endpoint).begin(turns);
        } else {
            answer(request, endpoint);
        }
    }

    private void served(HttpServerRequest request, Endpoint endpoint, long began) {
        // Else the client has gone before there was an answer, and the status is still what Vert.x begins with: 200.
        if (request.response().ended()) {
            parts.metrics()
                    .served(
                            request.method().name(),
                            endpoint.route(),
                            request.response().getStatusCode(),
                            System.nanoTime() - began);
        }
    }

    /** Langfuse gives media back where their uploads are noted; a media id tells neither a trace nor a day to look in. */
    private static Refused wrongMethod(HttpServerRequest request, Endpoint endpoint) {
        if (endpoint == Endpoint.LANGFUSE_UPLOADED && request.method() == HttpMethod.GET) {
            return Failure.NOT_AVAILABLE.because("media are read with their trace, from the query API");
        }
        request.response().putHeader("Allow", endpoint.method());
        return Failure.WRONG_METHOD.because(endpoint.method() + " is taken");
    }

    private void answer(HttpServerRequest request, Endpoint endpoint) {
        switch (endpoint) {
            case LIVE -> health.answerLive(request.response());
            case READY -> health.answerReady(request.response());
            case OPENAPI -> OPENAPI.send(request.response());
            case LANGFUSE_HEALTH -> LangfuseAnswer.HEALTH.send(request.response());
            case LANGFUSE_PROJECTS -> answerProjects(request, endpoint);
            case LANGFUSE_UPLOADED -> answerUploaded(request, endpoint);
            case LANGSMITH_INFO ->
                LangSmithAnswer.info(parts.limits().wireBytes()).send(request.response());
            case NOT_AVAILABLE ->
                refuse(request, endpoint, Failure.NOT_AVAILABLE.because("this dialect is not taken yet"));
            default -> refuse(request, endpoint, Failure.UNKNOWN_PATH.because(""));
        }
    }

    /** By this, Langfuse's SDKs find out whether their key is good. */
    private void answerProjects(HttpServerRequest request, Endpoint endpoint) {
        try {
            parts.gate().check();
            Project project = parts.admission()
                    .admit(request.getHeader(HttpHeaders.AUTHORIZATION), request.getHeader("x-api-key"))
                    .project();
            parts.metrics().answered(endpoint.label(), 200);
            LangfuseAnswer.project(project).send(request.response());
        } catch (Refused | NotAdmitted refused) {
            refuse(request, endpoint, Failure.of(refused));
        }
    }

    private void answerUploaded(HttpServerRequest request, Endpoint endpoint) {
        try {
            parts.gate().check();
            parts.admission().admit(request.getHeader(HttpHeaders.AUTHORIZATION), request.getHeader("x-api-key"));
            BodyReader.drop(request, parts.limits().wireBytes());
            parts.metrics().answered(endpoint.label(), 200);
            LangfuseAnswer.NOTED.send(request.response());
        } catch (Refused | NotAdmitted refused) {
            refuse(request, endpoint, Failure.of(refused));
        }
    }

    private void refuse(HttpServerRequest request, Endpoint endpoint, Refused refused) {
        exchange(request, endpoint).turnAway(refused);
    }

    private Exchange exchange(HttpServerRequest request, Endpoint endpoint) {
        return new Exchange(parts, vertx, request, endpoint, new PlainHttp(request, endpoint));
    }
}
