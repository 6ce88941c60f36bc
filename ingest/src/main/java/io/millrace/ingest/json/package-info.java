/** Reading JSON bodies token by token, for every dialect that is JSON. */
@NullMarked
package io.millrace.ingest.json;

import org.jspecify.annotations.NullMarked;
