/** How services name what went wrong, so that a client understands all of them alike. */
@NullMarked
package io.millrace.schema.problem;

import org.jspecify.annotations.NullMarked;
