/** Reading the log: the source, ticks and stream time, and how a record is taken apart. */
@NullMarked
package io.millrace.jobs.log;

import org.jspecify.annotations.NullMarked;
