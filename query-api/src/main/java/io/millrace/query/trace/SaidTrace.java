package io.millrace.query.trace;

import io.millrace.query.http.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A trace as it stood when the jobs said it. As JSON it is the same for everybody, so it is written once. */
public final class SaidTrace {
    private final TraceSummary summary;
    private volatile @Nullable String json;

    SaidTrace(TraceSummary summary) {
        this.summary = summary;
    }

    TraceSummary summary() {
        return summary;
    }

    String json() {
        String known = json;
        if (known == null) {
            known = new String(Json.write(summary::write), StandardCharsets.UTF_8);
            json = known;
        }
        return known;
    }
}
