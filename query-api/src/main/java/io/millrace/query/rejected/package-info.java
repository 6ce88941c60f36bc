/** Records that were acknowledged and could not be understood: their list, and trying one of them again. */
@NullMarked
package io.millrace.query.rejected;

import org.jspecify.annotations.NullMarked;
