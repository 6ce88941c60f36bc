package io.millrace.ingest.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets pages of some origins send from the browser. Keys travel in headers and never in cookies, so no page borrows one. */
public final class Cors {
    /** Stands for every origin. */
    public static final String ANY = "*";

    /** Browsers keep an answer for two hours at most. */
    private static final String MAX_AGE_SECONDS = "7200";

    private static final String USUAL_HEADERS = "authorization,content-encoding,content-type,x-api-key";

    private final Set<String> origins;

    /** @param origins as browsers write them, {@code https://app.example.com}; none lets no page send */
    public Cors(Set<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    /**
     * Says in the answer to {@code request} that the page may read it, if it may.
     *
     * @return whether that was all the browser asked for
     */
    boolean answer(HttpServerRequest request, Endpoint endpoint) {
        if (origins.isEmpty() || !endpoint.isForSenders()) {
            return false;
        }
        HttpServerResponse response = request.response().putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (!isAllowed(origin)) {
            return false;
        }
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, HttpHeaders.RETRY_AFTER);
        if (request.method() != HttpMethod.OPTIONS
                || request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) == null) {
            return false;
        }
        String wanted = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, endpoint.method())
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, wanted == null ? USUAL_HEADERS : wanted)
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS)
                .setStatusCode(204)
                .end();
        return true;
    }

    private boolean isAllowed(@Nullable String origin) {
        return origin != null && (origins.contains(ANY) || origins.contains(origin));
    }
}
