package io.millrace.ingest.otlp;

/** Where a value that may fill a field stands. */
enum Place {
    /** An attribute of the span; it is no attribute any more once it fills a field. */
    ATTRIBUTE,
    /** Inside an attribute that is a structure, and stays one whatever is taken from it. */
    MEMBER,
    /** In one of the span's events, where it stays; it fills only what no attribute does. */
    EVENT
}
