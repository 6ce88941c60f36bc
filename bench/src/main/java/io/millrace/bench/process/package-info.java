/** What the operating system tells of processes: processor time, memory, load. Linux only. */
@NullMarked
package io.millrace.bench.process;

import org.jspecify.annotations.NullMarked;
