/** Of which of its traces a project keeps the bodies: a setting, which the edge applies. */
@NullMarked
package io.millrace.query.sampling;

import org.jspecify.annotations.NullMarked;
