/** Identities: trace and span ids in every form a client may write them. */
@NullMarked
package io.millrace.schema.id;

import org.jspecify.annotations.NullMarked;
