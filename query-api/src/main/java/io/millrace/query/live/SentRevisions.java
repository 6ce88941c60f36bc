package io.millrace.query.live;

import io.millrace.schema.window.Revision;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was last sent of each entity, of as many as it may remember. Not thread-safe. */
final class SentRevisions {
    private final Map<String, Revision> newest;

    SentRevisions(int most) {
        this.newest = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Revision> eldest) {
                return size() > most;
            }
        };
    }

    boolean isNewer(LiveEvent<?> event) {
        Revision sent = newest.get(event.entity());
        return sent == null || event.revision().compareTo(sent) > 0;
    }

    void sent(LiveEvent<?> event) {
        newest.put(event.entity(), event.revision());
    }

    int size() {
        return newest.size();
    }
}
