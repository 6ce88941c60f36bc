package io.millrace.query.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A message as a client reads it. */
record Said(JsonNode json) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static Said of(String text) {
        try {
            return new Said(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }

    String type() {
        return json.path("type").asText();
    }

    String id() {
        return json.path("id").asText();
    }

    String cursor() {
        return json.path("cursor").asText();
    }

    String entity() {
        return json.path("entity").asText();
    }

    String revision() {
        return json.path("revision").asText();
    }

    /** The stable name of the problem of an error. */
    String problem() {
        return json.path("problem").path("code").asText();
    }

    /** In short: what it is, and of an event which state of what. */
    String brief() {
        return type().equals("event") ? entity() + "@" + revision() : type();
    }
}
