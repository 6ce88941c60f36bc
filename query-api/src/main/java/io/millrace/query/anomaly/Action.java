package io.millrace.query.anomaly;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody says about an anomaly.
 *
 * @param verdict of feedback, and of nothing else
 * @param muteUntil of feedback
 */
record Action(
        Kind kind,
        @Nullable String verdict,
        @Nullable String note,
        @Nullable Instant muteUntil) {
    private static final int MAX_NOTE = 2_000;
    private static final Set<String> VERDICTS = Set.of("true", "false_positive", "expected");

    enum Kind {
        ACKNOWLEDGE,
        RESOLVE,
        FEEDBACK;

        /** The name in paths and rows. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        Set<String> fields() {
            return this == FEEDBACK ? Set.of("verdict", "note", "mute_until") : Set.of("note");
        }
    }

    /**
     * An action that was taken.
     *
     * @param actor the public key
     */
    record Taken(Action action, String actor, Instant at) {
        void write(JsonGenerator out) throws IOException {
            out.writeStartObject();
            out.writeStringField("action", action.kind.label());
            Json.text(out, "verdict", action.verdict);
            Json.text(out, "note", action.note);
            Json.time(out, "mute_until", action.muteUntil);
            out.writeStringField("actor", actor);
            Json.time(out, "at", at);
            out.writeEndObject();
        }
    }

    /**
     * @throws Problem for a body that is none of this kind's
     */
    static Action parse(Kind kind, RequestBody body, Instant now) {
        @Nullable String note = body.prose("note", MAX_NOTE).orElse(null);
        if (kind != Kind.FEEDBACK) {
            return new Action(kind, null, note, null);
        }
        String verdict = body.text("verdict")
                .filter(VERDICTS::contains)
                .orElseThrow(() -> Problem.field("verdict", "must be true, false_positive or expected"));
        // What is compared later has to be what a row can hold.
        @Nullable
        Instant muteUntil = body.future("mute_until", now)
                .map(until -> until.truncatedTo(ChronoUnit.MICROS))
                .orElse(null);
        return new Action(kind, verdict, note, muteUntil);
    }

    /** Whether the anomaly as it stands has all of this already: somebody clicked twice, or a request was sent again. */
    boolean addsNothingTo(Anomaly anomaly) {
        return switch (kind) {
            case ACKNOWLEDGE -> anomaly.state() != ShownState.OPEN && saysNothingNew(anomaly);
            case RESOLVE -> anomaly.state().isOver() && saysNothingNew(anomaly);
            case FEEDBACK -> anomaly.newest(kind).filter(this::equals).isPresent();
        };
    }

    private boolean saysNothingNew(Anomaly anomaly) {
        return note == null || anomaly.newest(kind).filter(this::equals).isPresent();
    }

    /** Of a row. */
    static Kind kindOf(String label) {
        return Kind.valueOf(label.toUpperCase(Locale.ROOT));
    }
}
