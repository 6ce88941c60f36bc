/** Postgres behind its tenant fence, and the ids of rows that are made here. */
@NullMarked
package io.millrace.query.db;

import org.jspecify.annotations.NullMarked;
