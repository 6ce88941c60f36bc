package io.millrace.query.live;

/**
 * The bounds of the feed.
 *
 * @param ringEvents newest events of a topic that are kept for all clients
 * @param ringBytes what those may take, by estimate
 * @param readers how many reads from the log go on at once, over all clients and channels
 * @param batchEvents events that one such read gives at most; a connection holds no more than one read
 * @param batchBytes what those may take, by estimate
 * @param outletBytes what is waiting for a client's socket before nothing more is given to it
 * @param connections in all
 * @param projectConnections of one project
 * @param subscriptions of one connection
 */
public record LiveSettings(
        int ringEvents,
        long ringBytes,
        int readers,
        int batchEvents,
        long batchBytes,
        int outletBytes,
        int connections,
        int projectConnections,
        int subscriptions) {

    public static LiveSettings defaults() {
        return new LiveSettings(32_768, 24L << 20, 2, 500, 1L << 20, 256 << 10, 500, 100, 20);
    }
}
