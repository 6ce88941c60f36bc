/** What every route shares: parameters, times, cursors, and one form of error. */
@NullMarked
package io.millrace.query.http;

import org.jspecify.annotations.NullMarked;
