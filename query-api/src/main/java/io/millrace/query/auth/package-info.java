/** Who asks, for which project, and what they may do. */
@NullMarked
package io.millrace.query.auth;

import org.jspecify.annotations.NullMarked;
