/** REST over what the jobs wrote, and the control plane: {@code Query} is the service, {@code QueryMain} its process. */
@NullMarked
package io.millrace.query;

import org.jspecify.annotations.NullMarked;
