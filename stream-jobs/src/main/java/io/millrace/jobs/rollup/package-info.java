/** Windows: what spans contribute, and the values that the stream keeps. */
@NullMarked
package io.millrace.jobs.rollup;

import org.jspecify.annotations.NullMarked;
