package io.millrace.query.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The seam between routes and Vert.x: parameters in, JSON out. */
public final class Replies {
    private Replies() {}

    public static void json(RoutingContext context, int status, byte[] body) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status)
                .putHeader("content-type", "application/json")
                .putHeader("cache-control", "no-store")
                .end(Buffer.buffer(body));
    }

    /** The request's query parameters with all their values. */
    public static Map<String, List<String>> query(RoutingContext context) {
        Map<String, List<String>> query = new TreeMap<>();
        context.queryParams()
                .forEach(entry -> query.computeIfAbsent(entry.getKey(), absent -> new ArrayList<>())
                        .add(entry.getValue()));
        return query;
    }
}
