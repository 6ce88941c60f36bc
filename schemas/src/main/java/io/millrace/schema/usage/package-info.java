/** Token usage in disjoint buckets, so that no token is ever priced twice. */
@NullMarked
package io.millrace.schema.usage;

import org.jspecify.annotations.NullMarked;
