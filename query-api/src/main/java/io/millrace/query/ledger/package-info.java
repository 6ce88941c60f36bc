/** What became of every message: counters, rows and the log compared at one cut. */
@NullMarked
package io.millrace.query.ledger;

import org.jspecify.annotations.NullMarked;
