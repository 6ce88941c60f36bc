/** The native dialect: spans as plain JSON, one request for those who have no SDK. */
@NullMarked
package io.millrace.ingest.nativespan;

import org.jspecify.annotations.NullMarked;
