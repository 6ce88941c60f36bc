/** The control plane: projects, keys, and how their changes reach the control topic. */
@NullMarked
package io.millrace.query.project;

import org.jspecify.annotations.NullMarked;
