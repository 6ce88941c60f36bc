package io.millrace.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * What a program says of itself.
 *
 * @param client the SDK's package
 * @param spans that it was handed
 * @param complaints what the SDK logged as a warning or an error
 */
public record ClientReport(String client, String version, long spans, List<String> complaints) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One of the lines that the programs in {@code clients} print. */
    static ClientReport of(String line) {
        try {
            JsonNode report = JSON.readTree(line);
            return new ClientReport(
                    report.required("client").textValue(),
                    report.required("version").textValue(),
                    report.required("spans").longValue(),
                    StreamSupport.stream(report.required("complaints").spliterator(), false)
                            .map(JsonNode::textValue)
                            .toList());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("this is no report of a client: " + line, e);
        }
    }

    /** The line that {@link #of} reads. */
    String line() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
