package io.millrace.bench.refusals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;

/**
 * What a request was answered with.
 *
 * @param status of HTTP
 * @param kind the {@code type} of a problem document, the code of a {@code google.rpc.Status}, or how many were rejected
 */
record Verdict(int status, String kind) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Verdict of(HttpResponse<byte[]> answer) {
        return new Verdict(answer.statusCode(), kind(answer.body()));
    }

    private static String kind(byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (json.has("type")) {
                return json.get("type").asText();
            }
            if (json.has("code")) {
                return "google.rpc.Status " + json.get("code").asInt();
            }
            JsonNode rejected = json.at("/partialSuccess/rejectedSpans");
            return rejected.isMissingNode() ? "" : rejected.asText() + " rejected";
        } catch (IOException e) {
            return body.length + " bytes of protobuf";
        }
    }
}
