package io.millrace.query.live;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.Problems;
import io.millrace.query.http.Times;
import io.millrace.schema.window.Revision;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the service says to a client, as JSON. */
final class LiveMessages {
    private LiveMessages() {}

    /** Generation, epoch and number, in the order in which they are compared. */
    static String revision(Revision revision) {
        return revision.generation() + "." + revision.epoch() + "." + revision.n();
    }

    /**
     * Put together rather than written: the data is the same text for every client that is sent it.
     *
     * @param data a JSON object
     */
    static String event(String id, String cursor, String entity, Revision revision, String data) {
        return "{\"type\":\"event\",\"id\":" + quoted(id) + ",\"cursor\":\"" + cursor + "\",\"entity\":"
                + quoted(entity) + ",\"revision\":\"" + revision(revision) + "\",\"data\":" + data + "}";
    }

    static String caughtUp(String id, String cursor) {
        return "{\"type\":\"caught_up\",\"id\":" + quoted(id) + ",\"cursor\":\"" + cursor + "\"}";
    }

    /**
     * @param from the cursor of the first thing that is gone
     * @param to the cursor of the first thing that is there
     */
    static String gap(String id, String from, String to) {
        return "{\"type\":\"gap\",\"id\":" + quoted(id) + ",\"from\":\"" + from + "\",\"to\":\"" + to + "\"}";
    }

    /**
     * @param id what it is about; nothing for the connection
     * @param cursor where the client can go on, where that is known
     */
    static String error(Optional<String> id, Problem problem, Optional<String> cursor) {
        return text(out -> {
            out.writeStartObject();
            out.writeStringField("type", "error");
            if (id.isPresent()) {
                out.writeStringField("id", id.get());
            }
            if (cursor.isPresent()) {
                out.writeStringField("cursor", cursor.get());
            }
            out.writeFieldName("problem");
            out.writeRawValue(new String(Problems.document(problem), StandardCharsets.UTF_8));
            out.writeEndObject();
        });
    }

    /**
     * @param streamTime null while the jobs have not said it
     * @param cursors where each subscription is, by its id
     */
    static String heartbeat(@Nullable Instant streamTime, Instant serverTime, Map<String, String> cursors) {
        return text(out -> {
            out.writeStartObject();
            out.writeStringField("type", "heartbeat");
            Json.text(out, "stream_time", streamTime == null ? null : Times.format(streamTime));
            out.writeStringField("server_time", Times.format(serverTime));
            out.writeObjectFieldStart("cursors");
            for (Map.Entry<String, String> cursor : cursors.entrySet()) {
                out.writeStringField(cursor.getKey(), cursor.getValue());
            }
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    private static String text(Json.Writer writer) {
        return new String(Json.write(writer), StandardCharsets.UTF_8);
    }

    private static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
