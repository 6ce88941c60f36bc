/** What the edges share through Redis, which may be away at any time. */
@NullMarked
package io.millrace.ingest.redis;

import org.jspecify.annotations.NullMarked;
