package io.millrace.jobs.rollup;

/**
 * A window in state. Immutable, so that a checkpoint copies no values.
 *
 * @param value an encoded {@code WindowValue}
 * @param unsaid it changed since it was last emitted
 * @param stored it was emitted after its end, so that the store has a final value of it
 */
record OpenWindow(byte[] value, boolean unsaid, boolean stored) {
    OpenWindow said(boolean closed) {
        return new OpenWindow(value, false, stored || closed);
    }
}
