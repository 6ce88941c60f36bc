/** OTLP traces: bodies in Protobuf or JSON to spans, and the answers in either. */
@NullMarked
package io.millrace.ingest.otlp;

import org.jspecify.annotations.NullMarked;
