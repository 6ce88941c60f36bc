/** Coarser grains and recomputed windows. */
@NullMarked
package io.millrace.jobs.keeper;

import org.jspecify.annotations.NullMarked;
