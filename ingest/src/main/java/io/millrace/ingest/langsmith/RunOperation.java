package io.millrace.ingest.langsmith;

/** What a message does to a run. */
enum RunOperation {
    /** Creates it; may carry all of it. */
    POST,
    /** Adds to it. */
    PATCH
}
