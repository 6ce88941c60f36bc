/**
 * What every dialect decodes into: a draft of one span, and the spans of one request as the encoded records of the log.
 */
@NullMarked
package io.millrace.ingest.span;

import org.jspecify.annotations.NullMarked;
