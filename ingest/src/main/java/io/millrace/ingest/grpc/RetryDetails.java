package io.millrace.ingest.grpc;

import io.millrace.ingest.span.WireWriter;
import java.util.Base64;

/** The {@code google.rpc.Status} that tells a client to come again, and when. */
final class RetryDetails {
    private static final String RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

    private RetryDetails() {}

    /** The message as the header {@code grpc-status-details-bin} has it: Base64 without padding. */
    static String base64(int code, String message, int seconds) {
        WireWriter status = new WireWriter(128);
        status.varintField(1, code);
        status.textField(2, message);
        int any = status.open(3);
        status.textField(1, RETRY_INFO);
        int retryInfo = status.open(2);
        int retryDelay = status.open(1);
        status.varintField(1, seconds);
        status.close(retryDelay);
        status.close(retryInfo);
        status.close(any);
        return Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray());
    }
}
