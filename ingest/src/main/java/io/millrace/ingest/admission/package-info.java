/** Who may send: credentials in every form an SDK writes them, checked against the view of keys. */
@NullMarked
package io.millrace.ingest.admission;

import org.jspecify.annotations.NullMarked;
