package io.millrace.query.live;

import io.millrace.schema.window.Revision;
import java.util.UUID;

/** Events whose data is a text. */
final class Events {
    static final UUID OURS = new UUID(0, 1);
    static final UUID THEIRS = new UUID(0, 2);

    private Events() {}

    static LiveEvent<String> event(UUID project, String entity, long n, int partition, long offset) {
        return new LiveEvent<>(project, entity, new Revision(0, 1, n), partition, offset, "{\"n\":" + n + "}", 100);
    }

    /** Of our project, in the only partition; its revision is its offset. */
    static LiveEvent<String> event(String entity, long offset) {
        return event(OURS, entity, offset, 0, offset);
    }
}
