package io.millrace.bench.edge;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * An answer to a request.
 *
 * @param head its lines in lower case
 */
record HttpAnswer(int status, String head, byte[] body) {
    private static final byte[] EMPTY_PARTIAL_SUCCESS = {0x0A, 0};

    static HttpAnswer of(String head, byte[] body) {
        return new HttpAnswer(Integer.parseInt(head.substring(9, 12)), head.toLowerCase(Locale.ROOT), body);
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether a success refuses no span: of OTLP's answers, one that names none. */
    boolean isWhole() {
        boolean json = body.length > 0 && body[0] == '{';
        return body.length == 0
                || Arrays.equals(body, EMPTY_PARTIAL_SUCCESS)
                || (json && !new String(body, StandardCharsets.UTF_8).contains("rejected"));
    }

    /** Whether it says that there is too much, and when to come again. */
    boolean isPoliteRefusal() {
        return (status == 503 || status == 429) && head.contains("\r\nretry-after:");
    }

    boolean closes() {
        return head.contains("\r\nconnection: close");
    }
}
