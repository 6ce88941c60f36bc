/** The topics: their names, settings and headers, and how they are made. */
@NullMarked
package io.millrace.schema.topic;

import org.jspecify.annotations.NullMarked;
