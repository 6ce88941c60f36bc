/** Signed webhooks: whether a delivery is its source's, and the spans that the source's mapping makes of it. */
@NullMarked
package io.millrace.ingest.webhook;

import org.jspecify.annotations.NullMarked;
