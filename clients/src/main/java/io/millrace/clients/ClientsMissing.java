package io.millrace.clients;

/** The clients of a language cannot be had on this machine; the message says what is missing. It is no fault of theirs. */
public final class ClientsMissing extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClientsMissing(String message) {
        super(message);
    }
}
