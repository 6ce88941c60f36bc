/** Accounting for every message of the log. */
@NullMarked
package io.millrace.jobs.ledger;

import org.jspecify.annotations.NullMarked;
