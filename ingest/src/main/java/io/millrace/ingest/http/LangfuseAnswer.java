package io.millrace.ingest.http;

import io.millrace.ingest.project.Project;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What Langfuse's clients are answered: always JSON, since they lose a batch to an answer that they cannot parse. */
final class LangfuseAnswer {
    private static final int MULTI_STATUS = 207;
    private static final int CREATED = 201;

    /** An upload says by itself that it is durable: what its SDK tells of it is nothing new. */
    static final Answer NOTED = Answer.json(200, new JsonObject());

    /** The version is that of the API as it is described in {@code openapi/ingest.json}. */
    static final Answer HEALTH =
            Answer.json(200, new JsonObject().put("status", "OK").put("version", "0.1.0"));

    private LangfuseAnswer() {}

    /** An answer to items that are durable. */
    static Answer taken(Endpoint endpoint, RequestSpans items) {
        int status = switch (endpoint) {
            case LANGFUSE_EVENTS -> MULTI_STATUS;
            case LANGFUSE_MEDIA -> CREATED;
            default -> 200;
        };
        return new Answer(status, ContentType.JSON.mime(), Buffer.buffer(items.receipt()), 0);
    }

    /** An answer to a request of which nothing was taken. */
    static Answer refused(Refused refused) {
        Failure failure = refused.failure();
        JsonObject body = new JsonObject()
                .put("message", refused.sentence())
                .put("error", failure.code())
                .put("errors", new JsonArray());
        return new Answer(failure.status(), ContentType.JSON.mime(), body.toBuffer(), refused.retryAfterSeconds());
    }

    /** The one project of a key. Newer SDKs want an organization, of which the edge knows nothing: it is the project. */
    static Answer project(Project project) {
        String id = project.id().toString();
        JsonObject only = new JsonObject()
                .put("id", id)
                .put("name", project.name())
                .put("organization", new JsonObject().put("id", id).put("name", project.name()))
                .put("metadata", new JsonObject())
                .put("retentionDays", project.retention().toDays());
        return Answer.json(200, new JsonObject().put("data", new JsonArray().add(only)));
    }
}
