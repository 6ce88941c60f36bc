package io.millrace.query.trace;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.SpanBody;
import java.io.IOException;

/** How references to blobs look in JSON. */
final class BlobJson {
    private BlobJson() {}

    /** Null where the input is all there is. */
    static void writeInput(JsonGenerator out, TraceId trace, SpanBody body) throws IOException {
        out.writeFieldName("input_blob");
        if (body.hasInputBlob()) {
            write(out, trace, body.getInputBlob());
        } else {
            out.writeNull();
        }
    }

    /** Null where the output is all there is. */
    static void writeOutput(JsonGenerator out, TraceId trace, SpanBody body) throws IOException {
        out.writeFieldName("output_blob");
        if (body.hasOutputBlob()) {
            write(out, trace, body.getOutputBlob());
        } else {
            out.writeNull();
        }
    }

    static void writeAttachments(JsonGenerator out, TraceId trace, SpanBody body) throws IOException {
        out.writeArrayFieldStart("attachments");
        for (BlobReference attachment : body.getAttachmentsList()) {
            write(out, trace, attachment);
        }
        out.writeEndArray();
    }

    private static void write(JsonGenerator out, TraceId trace, BlobReference blob) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", blob.getId());
        if (!blob.getName().isEmpty()) {
            out.writeStringField("name", blob.getName());
        }
        out.writeNumberField("bytes", blob.getBytes());
        out.writeStringField("media_type", blob.getMediaType());
        out.writeStringField("sha256", BlobId.parse(blob.getId()).sha256());
        out.writeStringField("href", "/v1/traces/" + trace + "/blobs/" + blob.getId());
        out.writeEndObject();
    }
}
