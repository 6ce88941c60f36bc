/** Where large payloads and files are kept: beside the log, and referenced from it. */
@NullMarked
package io.millrace.blob;

import org.jspecify.annotations.NullMarked;
