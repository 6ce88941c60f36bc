package io.millrace.ingest;

import io.millrace.ingest.http.ConnectionLimits;
import io.millrace.ingest.http.Cors;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the ports for spans meet their clients.
 *
 * @param tls null for none
 * @param origins whose pages may send from the browser, over HTTP; {@link Cors#ANY} stands for all
 */
public record ServerSettings(
        ConnectionLimits connections, @Nullable Tls tls, Set<String> origins) {
    /** @throws IllegalArgumentException when a value cannot be; the message names its key */
    public ServerSettings {
        origins = Set.copyOf(origins);
        origins.forEach(origin -> require(
                origin.equals(Cors.ANY) || isOrigin(origin),
                "ingest.cors.origins has scheme://host or scheme://host:port, or *, not " + origin));
        require(connections.most() > 0, "ingest.limit.connections is positive, not " + connections.most());
        require(connections.idle().toMillis() > 0, "ingest.idle.seconds is positive");
        require(
                connections.headBytes() >= 1_024,
                "ingest.limit.head.bytes is at least 1024, not " + connections.headBytes());
        require(connections.streams() > 0, "ingest.limit.streams is positive, not " + connections.streams());
        require(connections.resets() > 0, "ingest.limit.resets is positive, not " + connections.resets());
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getRawPath().isEmpty()
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
