/** Windows, cubes and what is measured in them. */
@NullMarked
package io.millrace.schema.window;

import org.jspecify.annotations.NullMarked;
