/** What a span is: its kind, status and marks. The message itself is {@code SpanMessage} of the wire contract. */
@NullMarked
package io.millrace.schema.span;

import org.jspecify.annotations.NullMarked;
