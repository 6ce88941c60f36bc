package io.millrace.ingest.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.span.MalformedEnvelope;
import java.io.IOException;

/**
 * Counts the metrics of an OTLP request, which are kept nowhere. They lie at the same place as spans do: the second field of
 * the second field of the first.
 */
final class MetricCounter {
    private static final int[] PATH = {1, 2, 2};

    private MetricCounter() {}

    /** @throws MalformedEnvelope when the bytes are no Protobuf message */
    static int countProtobuf(byte[] bytes, int length) throws MalformedEnvelope {
        try {
            return count(CodedInputStream.newInstance(bytes, 0, length), 0);
        } catch (IOException broken) {
            throw new MalformedEnvelope("the body is not the Protobuf message of this path");
        }
    }

    private static int count(CodedInputStream in, int depth) throws IOException {
        int found = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            boolean onPath = WireFormat.getTagFieldNumber(tag) == PATH[depth]
                    && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            if (!onPath) {
                in.skipField(tag);
            } else if (depth == PATH.length - 1) {
                in.skipField(tag);
                found++;
            } else {
                int outer = in.pushLimit(in.readRawVarint32());
                found += count(in, depth + 1);
                in.popLimit(outer);
            }
        }
        return found;
    }

    /** @throws MalformedEnvelope when the bytes are no JSON object */
    static int countJson(byte[] bytes, int length) throws MalformedEnvelope {
        try (JsonParser parser = new JsonBody(bytes, 0, length).parser()) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEnvelope("the body is not a JSON object");
            }
            int found = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT && isMetric(parser.getParsingContext())) {
                    parser.skipChildren();
                    found++;
                }
            }
            return found;
        } catch (IOException broken) {
            throw new MalformedEnvelope("the body is not JSON");
        }
    }

    private static boolean isMetric(JsonStreamContext object) {
        JsonStreamContext list = object.getParent();
        if (list == null || !list.inArray()) {
            return false;
        }
        return list.getParent() != null && "metrics".equals(list.getParent().getCurrentName());
    }
}
