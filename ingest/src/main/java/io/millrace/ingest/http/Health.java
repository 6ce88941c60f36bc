package io.millrace.ingest.http;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Whether the process lives, and whether it takes work. */
public final class Health {
    private final Gate gate;

    public Health(Gate gate) {
        this.gate = gate;
    }

    /** Answers 200 as long as anything answers. */
    public void answerLive(HttpServerResponse response) {
        live().send(response);
    }

    /** Answers 200 when every part is ready; else 503 with each reason. */
    public void answerReady(HttpServerResponse response) {
        ready().send(response);
    }

    private static Answer live() {
        return Answer.json(200, new JsonObject().put("status", "live"));
    }

    private Answer ready() {
        JsonArray reasons = new JsonArray();
        for (Gate.Reason reason : gate.reasons()) {
            reasons.add(new JsonObject().put("part", reason.part()).put("reason", reason.reason()));
        }
        return reasons.isEmpty()
                ? Answer.json(200, new JsonObject().put("status", "ready"))
                : Answer.json(503, new JsonObject().put("status", "not_ready").put("reasons", reasons));
    }
}
