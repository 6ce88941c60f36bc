/** Who may hold how much of what all share. */
@NullMarked
package io.millrace.ingest.share;

import org.jspecify.annotations.NullMarked;
