/** The edge: dialects in, one span message out. This package wires the others and starts them. */
@NullMarked
package io.millrace.ingest;

import org.jspecify.annotations.NullMarked;
