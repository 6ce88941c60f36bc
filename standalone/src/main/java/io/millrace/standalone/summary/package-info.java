/** A line on the terminal that says how things are going, read from the public API like any client would. */
@NullMarked
package io.millrace.standalone.summary;

import org.jspecify.annotations.NullMarked;
