package io.millrace.ingest.http;

import io.millrace.ingest.admission.NotAdmitted;
import io.millrace.ingest.log.LogException;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.TooManyItems;
import io.millrace.ingest.webhook.Unverified;
import io.millrace.schema.problem.ProblemName;

/**
 * Everything that can keep a request from a 2xx, and what is answered. This is the only such table: the HTTP status, the
 * gRPC code of a {@code google.rpc.Status}, and the last part of a problem document's {@code type}, which never changes and is
 * that of the query API where the problem is the same.
 */
public enum Failure {
    MISSING_KEY(401, Rpc.UNAUTHENTICATED, "unauthenticated", "An API key is needed"),
    UNKNOWN_KEY(401, Rpc.UNAUTHENTICATED, "unauthenticated", "The API key is not known"),
    EXPIRED_KEY(401, Rpc.UNAUTHENTICATED, "unauthenticated", "The API key has expired"),
    BAD_SIGNATURE(401, Rpc.UNAUTHENTICATED, "bad_signature", "The signature is not that of the source"),
    STALE_SIGNATURE(401, Rpc.UNAUTHENTICATED, "stale_signature", "The signed time is too far from now"),
    MISSING_SCOPE(403, Rpc.PERMISSION_DENIED, "forbidden", "The API key may not send"),
    MALFORMED_BODY(400, Rpc.INVALID_ARGUMENT, "invalid_body", "The body cannot be read"),
    NOT_AVAILABLE(400, Rpc.UNIMPLEMENTED, "not_available", "This is not available yet"),
    UNKNOWN_PATH(404, Rpc.UNIMPLEMENTED, "not_found", "Nothing is here"),
    WRONG_METHOD(405, Rpc.UNIMPLEMENTED, "method_not_allowed", "This path takes another method"),
    SLOW_BODY(408, Rpc.CANCELLED, "slow_body", "The body took too long to arrive"),
    TOO_LARGE(413, Rpc.INVALID_ARGUMENT, "too_large", "The body is over the limit"),
    UNSUPPORTED_CONTENT_TYPE(415, Rpc.INVALID_ARGUMENT, "unsupported_media_type", "The content type is not taken"),
    UNSUPPORTED_ENCODING(415, Rpc.INVALID_ARGUMENT, "unsupported_encoding", "The content encoding is not taken"),
    NOTHING_TAKEN(422, Rpc.INVALID_ARGUMENT, "refused", "The item is refused"),
    LIMIT_REACHED(503, Rpc.UNAVAILABLE, "limit_reached", "A limit of the sender is reached"),
    QUOTA_USED_UP(503, Rpc.UNAVAILABLE, "quota_used_up", "The project's spans of this month are used up"),
    INTERNAL(500, Rpc.INTERNAL, "internal", "The server failed"),
    NOT_READY(503, Rpc.UNAVAILABLE, "not_ready", "Not ready yet"),
    OVERLOADED(503, Rpc.UNAVAILABLE, "overloaded", "Too much is under way"),
    OVER_SHARE(503, Rpc.UNAVAILABLE, "over_share", "Too much of the project is under way, and others send as well"),
    LOG_FULL(503, Rpc.UNAVAILABLE, "log_full", "The log does not keep up"),
    LOG_TIMEOUT(503, Rpc.UNAVAILABLE, "log_timeout", "The log did not answer in time"),
    LOG_FAILED(503, Rpc.UNAVAILABLE, "log_failed", "The log answered with an error"),
    BLOBS_AWAY(503, Rpc.UNAVAILABLE, "blobs_away", "The blob store does not take the body's large payloads or files"),
    DISK_LOW(503, Rpc.UNAVAILABLE, "disk_low", "The disk is nearly full");

    /** Clients that are told to wait longer than their own timeout give up at once. */
    private static final int RETRY_SECONDS = 1;

    private static final int LONGEST_RETRY_SECONDS = 3;
    private static final int TOO_MANY_REQUESTS = 429;

    private final int status;
    private final int rpcCode;
    private final String code;
    private final String title;

    Failure(int status, int rpcCode, String code, String title) {
        this.status = status;
        this.rpcCode = rpcCode;
        this.code = code;
        this.title = title;
    }

    public int status() {
        return status;
    }

    /** The code of {@code google.rpc.Code}. */
    public int rpcCode() {
        return rpcCode;
    }

    /** The stable short name; those of a 503 are also in metrics. */
    public String code() {
        return code;
    }

    public String title() {
        return title;
    }

    /** The URI by which a problem document names this failure. */
    public String type() {
        return ProblemName.of(code);
    }

    /** Whether the same request may succeed a moment later. */
    public boolean isPassing() {
        return status == 503;
    }

    /** After how many seconds the client shall come again; 0 when that would not help. */
    public int retryAfterSeconds() {
        return isPassing() ? RETRY_SECONDS : 0;
    }

    /** Whether the sender alone is the cause, by one of its own limits. */
    boolean isOwnLimit() {
        return this == LIMIT_REACHED || this == QUOTA_USED_UP;
    }

    /**
     * The status where clients are ours: a sender's own limit is a 429 there. SDKs drop what is answered so, and are told
     * 503 instead.
     */
    int nativeStatus() {
        return isOwnLimit() ? TOO_MANY_REQUESTS : status;
    }

    /** This failure, which passes after so many nanoseconds. */
    Refused passingIn(long nanos, String detail) {
        long seconds = Math.max((nanos - 1) / 1_000_000_000 + 1, RETRY_SECONDS);
        return new Refused(this, detail, (int) Math.min(seconds, LONGEST_RETRY_SECONDS), seconds);
    }

    /** What {@code error}, from any step of a request, is answered with. */
    static Refused of(Throwable error) {
        if (error instanceof Refused refused) {
            return refused;
        }
        if (error instanceof NotAdmitted notAdmitted) {
            return of(notAdmitted.reason());
        }
        if (error instanceof Unverified unverified) {
            return of(unverified.reason());
        }
        if (error instanceof LogException log) {
            return of(log.reason()).because(String.valueOf(log.getMessage()));
        }
        if (error instanceof MalformedEnvelope malformed) {
            return MALFORMED_BODY.because(String.valueOf(malformed.getMessage()));
        }
        if (error instanceof TooManyItems tooMany) {
            return TOO_LARGE.because(String.valueOf(tooMany.getMessage()));
        }
        return INTERNAL.because("");
    }

    /** This failure with one sentence for people; it never holds a part of a payload. */
    public Refused because(String detail) {
        return new Refused(this, detail, retryAfterSeconds(), retryAfterSeconds());
    }

    private static Refused of(NotAdmitted.Reason reason) {
        return switch (reason) {
            case MISSING_KEY -> MISSING_KEY.because("");
            case UNKNOWN_KEY -> UNKNOWN_KEY.because("");
            case EXPIRED_KEY -> EXPIRED_KEY.because("");
            case MISSING_SCOPE -> MISSING_SCOPE.because("");
            case UNREADABLE_SOURCE -> NOT_READY.because("this edge cannot read the source of webhooks");
        };
    }

    private static Refused of(Unverified.Reason reason) {
        return switch (reason) {
            case UNKNOWN_SOURCE -> UNKNOWN_PATH.because("no source of webhooks has this path");
            case NO_SIGNATURE -> BAD_SIGNATURE.because("the headers of the source's style are missing or malformed");
            case WRONG_SIGNATURE -> BAD_SIGNATURE.because("no active secret makes it of this body");
            case STALE -> STALE_SIGNATURE.because("");
        };
    }

    private static Failure of(LogException.Cause reason) {
        return switch (reason) {
            case NOT_READY -> NOT_READY;
            case FULL -> LOG_FULL;
            case OVER_SHARE -> OVER_SHARE;
            case TIMEOUT -> LOG_TIMEOUT;
            case FAILED -> LOG_FAILED;
        };
    }

    /** Codes of {@code google.rpc.Code}. */
    private static final class Rpc {
        static final int CANCELLED = 1;
        static final int INVALID_ARGUMENT = 3;
        static final int PERMISSION_DENIED = 7;
        static final int UNIMPLEMENTED = 12;
        static final int INTERNAL = 13;
        static final int UNAVAILABLE = 14;
        static final int UNAUTHENTICATED = 16;
    }
}
