/** From a span's usage to its cost. */
@NullMarked
package io.millrace.jobs.pricing;

import org.jspecify.annotations.NullMarked;
