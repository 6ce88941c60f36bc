package io.millrace.ingest.langsmith;

import io.millrace.ingest.span.MalformedEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A body of {@code multipart/form-data} (RFC 7578), taken apart where it lies. Contents are any bytes: one that says
 * its length, as these clients do, may hold what looks like a boundary. Without its last boundary a body is not whole.
 */
final class MultipartBody {
    /** An SDK sends about a hundred runs at once, in less than ten parts each. */
    static final int MOST_PARTS = 20_000;

    /** Blanks behind a boundary: RFC 2046, 5.1.1 allows any number, but one padded for long is no boundary here. */
    static final int MOST_PADDING = 64;

    private static final int LONGEST_HEADERS = 16 * 1024;
    private static final int LONGEST_BOUNDARY = 200;
    private static final int UNKNOWN = -1;

    private final byte[] bytes;
    private final int end;
    /** The line break before a boundary belongs to it. */
    private final byte[] delimiter;

    private int at;
    private String name = "";
    private String mime = "";
    private int announced;

    private MultipartBody(byte[] bytes, int from, int end, String boundary) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.UTF_8);
    }

    /** The boundary that a {@code Content-Type} names. */
    static @Nullable String boundary(@Nullable String contentType) {
        String boundary = contentType == null ? null : HeaderValue.parameter(contentType, "boundary");
        return boundary == null
                        || boundary.isEmpty()
                        || boundary.length() > LONGEST_BOUNDARY
                        || boundary.indexOf('\r') >= 0
                ? null
                : boundary;
    }

    /** @throws MalformedEnvelope when a part has no end, its headers have none, or there are too many */
    static List<Part> parts(byte[] body, int offset, int length, String boundary) throws MalformedEnvelope {
        return new MultipartBody(body, offset, offset + length, boundary).read();
    }

    private List<Part> read() throws MalformedEnvelope {
        open();
        List<Part> parts = new ArrayList<>();
        while (!isLast()) {
            if (parts.size() == MOST_PARTS) {
                throw new MalformedEnvelope("a form of more than " + MOST_PARTS + " parts");
            }
            padding();
            headers();
            int from = at;
            int length = contentLength();
            parts.add(new Part(name, mime, from, length));
            at = from + length + delimiter.length;
        }
        return parts;
    }

    /** Goes behind the first boundary; what stands before it is for readers that know no forms. */
    private void open() throws MalformedEnvelope {
        int bare = delimiter.length - 2;
        if (end - at >= bare
                && Arrays.equals(delimiter, 2, delimiter.length, bytes, at, at + bare)
                && endsLine(at + bare)) {
            at += bare;
            return;
        }
        int found = find(at);
        if (found < 0) {
            throw new MalformedEnvelope("the body has no boundary of which its content type speaks");
        }
        at = found + delimiter.length;
    }

    private boolean isLast() {
        return at + 1 < end && bytes[at] == '-' && bytes[at + 1] == '-';
    }

    /** Goes behind the line of a boundary. */
    private void padding() throws MalformedEnvelope {
        int stop = lineEnd(at);
        if (stop < 0) {
            throw new MalformedEnvelope("the line of a boundary has no end");
        }
        at = stop + 2;
    }

    private void headers() throws MalformedEnvelope {
        name = "";
        mime = "";
        announced = UNKNOWN;
        int first = at;
        while (true) {
            int stop = lineEnd(at);
            if (stop < 0 || stop - first > LONGEST_HEADERS) {
                throw new MalformedEnvelope("the headers of a part have no end");
            }
            int from = at;
            at = stop + 2;
            if (stop == from) {
                return;
            }
            header(new String(bytes, from, stop - from, StandardCharsets.UTF_8));
        }
    }

    private void header(String line) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            return;
        }
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
            case "content-disposition" -> {
                String given = HeaderValue.parameter(value, "name");
                name = given == null ? "" : given;
            }
            case "content-type" -> {
                mime = HeaderValue.main(value);
                announce(HeaderValue.parameter(value, "length"));
            }
            case "content-length" -> announce(value);
            default -> {}
        }
    }

    private void announce(@Nullable String length) {
        if (length != null && !length.isEmpty() && length.length() < 10) {
            try {
                announced = Integer.parseInt(length);
            } catch (NumberFormatException noLength) {
                // Then the boundary tells.
            }
        }
    }

    /** As announced, if a boundary stands there; else up to the next one. */
    private int contentLength() throws MalformedEnvelope {
        if (announced >= 0 && announced <= end - at && isDelimiter(at + announced)) {
            return announced;
        }
        int found = find(at);
        if (found < 0) {
            throw new MalformedEnvelope("the body ends within a part");
        }
        return found - at;
    }

    private int find(int from) {
        for (int i = from; i <= end - delimiter.length; i++) {
            if (bytes[i] == '\r' && isDelimiter(i)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isDelimiter(int from) {
        return end - from >= delimiter.length
                && Arrays.equals(delimiter, 0, delimiter.length, bytes, from, from + delimiter.length)
                && endsLine(from + delimiter.length);
    }

    /** Whether nothing follows on the line of a boundary that would make it another one. */
    private boolean endsLine(int from) {
        if (from + 1 < end && bytes[from] == '-' && bytes[from + 1] == '-') {
            return true;
        }
        int next = from;
        int stop = Math.min(end, from + MOST_PADDING);
        while (next < stop && (bytes[next] == ' ' || bytes[next] == '\t')) {
            next++;
        }
        return next + 1 < end && bytes[next] == '\r' && bytes[next + 1] == '\n';
    }

    /** Where the line ends that goes on at {@code from}; less than 0: nowhere. */
    private int lineEnd(int from) {
        for (int i = from; i + 1 < end; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
                return i;
            }
            if (i - from > LONGEST_HEADERS) {
                return -1;
            }
        }
        return -1;
    }
}
