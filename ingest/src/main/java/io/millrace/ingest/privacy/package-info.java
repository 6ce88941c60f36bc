/** What is taken out of texts before anything durable sees them. */
@NullMarked
package io.millrace.ingest.privacy;

import org.jspecify.annotations.NullMarked;
