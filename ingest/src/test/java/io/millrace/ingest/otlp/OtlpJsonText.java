package io.millrace.ingest.otlp;

import java.nio.charset.StandardCharsets;

/** One OTLP/JSON request around spans that are written out. */
final class OtlpJsonText {
    static final String IDS = "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\"";
    static final String TIMES =
            "\"startTimeUnixNano\":\"1795211985359000000\",\"endTimeUnixNano\":\"1795211985360000000\"";

    private OtlpJsonText() {}

    static byte[] request(String... spans) {
        return ("{\"resourceSpans\":[{\"resource\":{\"attributes\":[]},\"scopeSpans\":[{\"scope\":{},\"spans\":["
                        + String.join(",", spans) + "]}]}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A whole span with some more members. */
    static String span(String name, String... members) {
        StringBuilder span = new StringBuilder("{" + IDS + "," + TIMES + ",\"name\":\"" + name + "\"");
        for (String member : members) {
            span.append(',').append(member);
        }
        return span.append('}').toString();
    }

    static String attributes(String... keyValues) {
        return "\"attributes\":[" + String.join(",", keyValues) + "]";
    }

    static String attribute(String key, String value) {
        return "{\"key\":\"" + key + "\",\"value\":" + value + "}";
    }

    static String text(String key, String text) {
        return attribute(key, "{\"stringValue\":\"" + text + "\"}");
    }

    static String number(String key, long number) {
        return attribute(key, "{\"intValue\":\"" + number + "\"}");
    }
}
