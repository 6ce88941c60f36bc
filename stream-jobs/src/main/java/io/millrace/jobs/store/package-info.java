/** The jobs' rows and the writers that put them into Postgres. */
@NullMarked
package io.millrace.jobs.store;

import org.jspecify.annotations.NullMarked;
