package io.millrace.ingest.span;

import io.millrace.schema.blob.BlobId;
import io.millrace.schema.wire.BlobReference;
import io.millrace.schema.wire.SpanBody;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** What of one span goes to the blob store. Bytes are copied only once it is sure that the span is taken. */
final class BlobDrafts {
    /** What an unknown or malformed media type is called. */
    private static final String ANYTHING = "application/octet-stream";

    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[\\w!#$&^.+-]{1,100}/[\\w!#$&^.+-]{1,100}(; ?[\\w.-]{1,40}=[\\w.:+-]{1,80})?");
    private static final int REFERENCE_BYTES = 160;

    private final List<Draft> drafts = new ArrayList<>();
    private final List<BlobId> ids = new ArrayList<>();
    private final WireWriter references = new WireWriter(64);

    private record Draft(int field, String name, String mediaType, byte[] bytes, int from, int length) {
        BlobReference reference(BlobId id) {
            return BlobReference.newBuilder()
                    .setId(id.toString())
                    .setBytes(length)
                    .setMediaType(mediaType)
                    .setName(name)
                    .build();
        }
    }

    void clear() {
        if (!drafts.isEmpty()) {
            drafts.clear();
            ids.clear();
            references.clear();
        }
    }

    boolean isEmpty() {
        return drafts.isEmpty();
    }

    /** A file; its name is clean. */
    void attachment(String name, String mediaType, byte[] bytes, int from, int length) {
        String type = MEDIA_TYPE.matcher(mediaType).matches() ? mediaType : ANYTHING;
        drafts.add(new Draft(SpanBody.ATTACHMENTS_FIELD_NUMBER, name, type, bytes, from, length));
    }

    /** All of an input or output, which is clean UTF-8. */
    void payload(TextField field, byte[] bytes, int from, int length) {
        int reference = field == TextField.INPUT ? SpanBody.INPUT_BLOB_FIELD_NUMBER : SpanBody.OUTPUT_BLOB_FIELD_NUMBER;
        drafts.add(new Draft(reference, "", textType(bytes, from, length), bytes, from, length));
    }

    /** A guess by the ends of the text: nobody reads all of it. */
    private static String textType(byte[] bytes, int from, int length) {
        int first = from;
        int last = from + length - 1;
        while (first < last && bytes[first] <= ' ' && bytes[first] >= 0) {
            first++;
        }
        while (last > first && bytes[last] <= ' ' && bytes[last] >= 0) {
            last--;
        }
        boolean isJson = bytes[first] == '{' && bytes[last] == '}' || bytes[first] == '[' && bytes[last] == ']';
        return isJson ? "application/json" : "text/plain; charset=utf-8";
    }

    /** An upper bound of what the references take. */
    long sizeBound() {
        long size = 0;
        for (Draft draft : drafts) {
            size += REFERENCE_BYTES + draft.mediaType.length() + 3L * draft.name.length();
        }
        return size;
    }

    /** Names the blobs by a day, and adds them to those of the request. */
    void settle(LocalDate day, List<SpanBlob> blobs) {
        drafts.sort(Comparator.comparingInt(Draft::field));
        for (Draft draft : drafts) {
            byte[] bytes = Arrays.copyOfRange(draft.bytes, draft.from, draft.from + draft.length);
            BlobId id = BlobId.of(day, bytes, 0, bytes.length);
            ids.add(id);
            blobs.add(new SpanBlob(id, bytes, draft.mediaType));
        }
        refer(day);
    }

    /** Writes the references as if the blobs were of this day. */
    void refer(LocalDate day) {
        references.clear();
        for (int i = 0; i < ids.size(); i++) {
            Draft draft = drafts.get(i);
            byte[] encoded =
                    draft.reference(new BlobId(day, ids.get(i).sha256())).toByteArray();
            references.message(draft.field, encoded, 0, encoded.length);
        }
    }

    /** The encoded references, as fields of a {@link SpanBody}. */
    WireWriter references() {
        return references;
    }
}
