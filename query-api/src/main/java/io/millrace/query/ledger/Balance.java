package io.millrace.query.ledger;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.query.ledger.LogCounts.Reasons;
import java.io.IOException;
import java.util.Map;

/**
 * The ledger of a project and a range of time. Two equations hold for it by definition or by proof:
 *
 * <ul>
 *   <li>{@code received = accepted + refused}: what was answered with success, and what was named as refused.
 *   <li>{@code accepted = stored + merged + duplicate + quarantined + ignored + in_flight}: this one is checked, since its
 *       terms come from different sources ({@link #balanced}). Accepted is what the edge wrote into the headers of the
 *       log; stored is a count of rows, those that retention deleted included; merged, duplicate and quarantined are counters of the jobs; in flight is what they
 *       count as waiting for the rest of a span, and what is read from the log beyond where those counters stand. An ignored item is accepted (it was answered with success) and never
 *       in flight.
 * </ul>
 *
 * @param counted the messages that the jobs' counters account for
 * @param rows that are there of those messages
 * @param expired rows of those messages that retention has deleted, booked as it did so
 * @param beyond the log after those messages
 */
record Balance(Counted counted, long rows, long expired, LogCounts beyond) {

    /**
     * Sums of the jobs' counters.
     *
     * @param waiting messages that are merged in the jobs' state and wait for a row of their own
     */
    record Counted(LogCounts log, long merged, long duplicate, long waiting, Map<String, Long> quarantined) {}

    long accepted() {
        return counted.log().accepted() + beyond.accepted() + Reasons.total(ignored());
    }

    Map<String, Long> refused() {
        return Reasons.sum(counted.log().refused(), beyond.refused());
    }

    Map<String, Long> ignored() {
        return Reasons.sum(counted.log().ignored(), beyond.ignored());
    }

    long received() {
        return accepted() + Reasons.total(refused());
    }

    long inFlight() {
        return beyond.accepted() + counted.waiting();
    }

    /** Rows that were made and that nobody but retention has deleted. */
    long stored() {
        return rows + expired;
    }

    boolean balanced() {
        return accepted()
                == stored()
                        + counted.merged()
                        + counted.duplicate()
                        + Reasons.total(counted.quarantined())
                        + Reasons.total(ignored())
                        + inFlight();
    }

    void write(JsonGenerator out) throws IOException {
        out.writeNumberField("received", received());
        out.writeNumberField("accepted", accepted());
        Json.counts(out, "refused", refused());
        out.writeNumberField("stored", stored());
        out.writeNumberField("expired", expired);
        out.writeNumberField("merged", counted.merged());
        out.writeNumberField("duplicate", counted.duplicate());
        Json.counts(out, "quarantined", counted.quarantined());
        Json.counts(out, "ignored", ignored());
        out.writeNumberField("in_flight", inFlight());
        out.writeBooleanField("balanced", balanced());
    }
}
