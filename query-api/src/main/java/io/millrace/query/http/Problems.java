package io.millrace.query.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one failure handler: every error becomes an RFC 9457 document; an unexpected one is logged and tells nothing. */
public final class Problems implements Handler<RoutingContext> {
    private static final Logger LOGGER = LoggerFactory.getLogger(Problems.class);
    private static final String RETRY_AFTER_SECONDS = "1";

    /** Takes all failures of {@code router}, and what matches none of its routes. */
    public void mount(Router router) {
        router.route().failureHandler(this);
        for (ProblemType type : new ProblemType[] {
            ProblemType.INVALID_PARAMETER, ProblemType.NOT_FOUND, ProblemType.METHOD_NOT_ALLOWED,
            ProblemType.TOO_LARGE, ProblemType.UNSUPPORTED_MEDIA_TYPE, ProblemType.INTERNAL
        }) {
            router.errorHandler(type.status(), this);
        }
    }

    @Override
    public void handle(RoutingContext context) {
        reply(context, problemOf(context.failure(), context.statusCode(), context));
    }

    private static Problem problemOf(@Nullable Throwable failure, int status, RoutingContext context) {
        if (failure instanceof Problem problem) {
            return problem;
        }
        int code = failure instanceof HttpException http ? http.getStatusCode() : status;
        return switch (code) {
            case 400 -> Problem.of(ProblemType.INVALID_PARAMETER, "the request cannot be read");
            case 404 -> Problem.of(ProblemType.NOT_FOUND, "there is no such path");
            case 405 -> Problem.of(ProblemType.METHOD_NOT_ALLOWED, "the path does not take this method");
            case 413 -> Problem.of(ProblemType.TOO_LARGE, "the body is longer than the limit");
            case 415 -> Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
            default -> {
                LOGGER.atError()
                        .addKeyValue("path", context.normalizedPath())
                        .setCause(failure)
                        .log("request failed unexpectedly");
                yield Problem.of(ProblemType.INTERNAL, "see the service's log");
            }
        };
    }

    private static void reply(RoutingContext context, Problem problem) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        ProblemType type = problem.type();
        response.setStatusCode(type.status()).putHeader("content-type", "application/problem+json");
        if (type == ProblemType.UNAVAILABLE || type == ProblemType.TOO_MANY) {
            response.putHeader("retry-after", RETRY_AFTER_SECONDS);
        }
        if (type == ProblemType.UPGRADE_REQUIRED) {
            response.putHeader("upgrade", "websocket");
        }
        if (type == ProblemType.UNAUTHENTICATED) {
            response.putHeader("www-authenticate", "Bearer");
        }
        response.end(Buffer.buffer(document(problem)));
    }

    /** The problem as JSON. */
    public static byte[] document(Problem problem) {
        ProblemType type = problem.type();
        return Json.write(out -> {
            out.writeStartObject();
            out.writeStringField("type", type.uri());
            out.writeStringField("title", type.title());
            out.writeNumberField("status", type.status());
            out.writeStringField("detail", problem.detail());
            out.writeStringField("code", type.code());
            if (!problem.errors().isEmpty()) {
                out.writeArrayFieldStart("errors");
                for (Problem.FieldError error : problem.errors()) {
                    out.writeStartObject();
                    out.writeStringField("field", error.field());
                    out.writeStringField("detail", error.detail());
                    out.writeEndObject();
                }
                out.writeEndArray();
            }
            out.writeEndObject();
        });
    }
}
