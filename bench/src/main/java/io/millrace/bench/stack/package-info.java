/**
 * The system under test from outside: its process, its data folder, its public API, and its tables read as a superuser
 * for sums that do not pass through its own code.
 */
@NullMarked
package io.millrace.bench.stack;

import org.jspecify.annotations.NullMarked;
