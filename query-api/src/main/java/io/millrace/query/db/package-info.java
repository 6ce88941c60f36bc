/** Postgres behind its tenant fence. */
@NullMarked
package io.millrace.query.db;

import org.jspecify.annotations.NullMarked;
