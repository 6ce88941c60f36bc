/**
 * Sustained flow through a whole stack: how many spans per second are stored without falling behind, what a span costs in
 * processor time, and how fresh the API is at half of that load.
 */
@NullMarked
package io.millrace.bench.flow;

import org.jspecify.annotations.NullMarked;
