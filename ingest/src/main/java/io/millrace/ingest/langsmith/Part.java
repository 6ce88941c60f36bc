package io.millrace.ingest.langsmith;

/**
 * One part of a form.
 *
 * @param name empty when it has none
 * @param mime without parameters; empty when it has none
 * @param from where its content begins in the body
 */
record Part(String name, String mime, int from, int length) {}
