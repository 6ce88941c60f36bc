/** How what is kept in the blob store is named. */
@NullMarked
package io.millrace.schema.blob;

import org.jspecify.annotations.NullMarked;
