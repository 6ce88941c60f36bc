/** How the jobs' values travel between tasks and rest in state: versioned bytes, never a generic serializer. */
@NullMarked
package io.millrace.jobs.wire;

import org.jspecify.annotations.NullMarked;
