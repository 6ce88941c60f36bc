/** What all benchmarks share on the command line: options, and results as text and as JSON. */
@NullMarked
package io.millrace.bench.command;

import org.jspecify.annotations.NullMarked;
