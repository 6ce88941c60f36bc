/** Everything on one machine: the services and what stands behind them, in one process tree. */
@NullMarked
package io.millrace.standalone;

import org.jspecify.annotations.NullMarked;
