package io.millrace.query.live;

/** Why the service ends a connection. The code is a WebSocket's close code, part of the public surface. */
enum Closing {
    /** The service stops; come back with the cursor. */
    GOING_AWAY(1001),
    /** A message was longer than the limit. */
    TOO_LARGE(1009),
    /** A fault of ours. */
    INTERNAL(1011),
    /** No token in time, one that does not work, or one that was deleted. */
    UNAUTHENTICATED(4401),
    FORBIDDEN(4403),
    /** The project is not there, or another tenant's. */
    NOT_FOUND(4404),
    /** It does not read, or does not answer pings; come back with the cursor. */
    TOO_SLOW(4408),
    /** More connections than there may be. */
    TOO_MANY(4429);

    private final int code;

    Closing(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
