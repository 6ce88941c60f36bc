package io.millrace.query.http;

import io.millrace.schema.problem.ProblemName;
import java.util.Locale;

/** Every kind of error the API answers with. The name, in lower case, is part of the public surface. */
public enum ProblemType {
    /** A parameter's value cannot be used; {@code errors} names it. */
    INVALID_PARAMETER(400, "A parameter has a value that cannot be used"),
    /** A parameter that the path does not have; {@code errors} names it. */
    UNKNOWN_PARAMETER(400, "The path has no such parameter"),
    /** The cursor is not one that this list with these filters gave out. */
    INVALID_CURSOR(400, "The cursor does not belong to this list"),
    /** The request's body is not what the path takes. */
    INVALID_BODY(400, "The body is not what the path takes"),
    /** A client of the live feed sent what is no message of it. */
    INVALID_MESSAGE(400, "The feed takes no such message"),
    /** A part of the public surface that this version does not have. */
    NOT_AVAILABLE(400, "This version does not have that"),
    /** No key, or one that does not work (any more). */
    UNAUTHENTICATED(401, "A working key is needed"),
    /** The key lacks a scope. */
    FORBIDDEN(403, "The key lacks the scope"),
    /** Nothing there, or it belongs to another tenant. */
    NOT_FOUND(404, "There is no such thing"),
    /** The path is there, its method is not. */
    METHOD_NOT_ALLOWED(405, "The path does not take this method"),
    /** A client of the live feed did not read what it was sent. */
    TOO_SLOW(408, "The client does not read"),
    /** What is to be made is there already. */
    CONFLICT(409, "It is there already"),
    /** The request's body is longer than the limit. */
    TOO_LARGE(413, "The body is too large"),
    /** The request's body is no JSON. */
    UNSUPPORTED_MEDIA_TYPE(415, "The body must be JSON"),
    /** Understood, but neither a cube nor the joint series can serve it; the detail says what can. */
    UNSERVABLE(422, "No kept aggregate can serve this"),
    /** The path is a WebSocket, and the request asks for none. */
    UPGRADE_REQUIRED(426, "The path takes WebSockets"),
    /** More of something than there may be at once. */
    TOO_MANY(429, "Too many at once"),
    /** A fault of ours. */
    INTERNAL(500, "An error of the service"),
    /** A backing service does not answer; try again after {@code Retry-After} seconds. */
    UNAVAILABLE(503, "Try again soon");

    private final int status;
    private final String title;
    private final String code;

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
        this.code = name().toLowerCase(Locale.ROOT);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** The stable short name. */
    public String code() {
        return code;
    }

    /** The {@code type} of RFC 9457: stable, and only a name. */
    public String uri() {
        return ProblemName.of(code);
    }
}
