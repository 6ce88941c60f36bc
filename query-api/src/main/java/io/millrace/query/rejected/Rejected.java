package io.millrace.query.rejected;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Cursor;
import io.millrace.query.http.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be understood.
 *
 * @param project null when the record does not say
 * @param received the edge's clock
 * @param items that it answers for
 * @param size of its value in bytes
 * @param sha256 of its value
 * @param replayed when the last replay that the jobs have tried was asked for; null: none yet
 * @param recovered a replay was understood
 */
record Rejected(
        UUID id,
        @Nullable UUID project,
        Instant received,
        Position position,
        String reason,
        long items,
        long size,
        byte[] sha256,
        @Nullable Instant replayed,
        boolean recovered) {

    /** Where it is in the log of spans. */
    record Position(int partition, long offset) {}

    /** What became of the last replay; null when there was none. */
    @Nullable
    String outcome() {
        if (replayed == null) {
            return null;
        }
        return recovered ? "recovered" : "still_rejected";
    }

    Cursor cursor() {
        return new Cursor(received.toEpochMilli(), id);
    }

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", id.toString());
        Json.text(out, "project_id", project == null ? null : project.toString());
        Json.time(out, "received", received);
        out.writeStringField("reason", reason);
        out.writeNumberField("items", items);
        out.writeNumberField("size", size);
        out.writeStringField("sha256", HexFormat.of().formatHex(sha256));
        out.writeObjectFieldStart("position");
        out.writeNumberField("partition", position.partition());
        out.writeNumberField("offset", position.offset());
        out.writeEndObject();
        Json.time(out, "replayed_at", replayed);
        Json.text(out, "outcome", outcome());
        out.writeEndObject();
    }
}
