package io.millrace.ingest.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;

/** An answer, complete and ready to be sent. */
public interface Reply {
    /** The HTTP status; where the protocol has its own codes, the one that the same outcome has over HTTP. */
    int status();

    /** @return completes when it is written, or never will be */
    Future<Void> send(HttpServerResponse response);
}
