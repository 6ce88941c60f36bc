/** Who may send: credentials in every form an SDK writes them, and webhooks, by the view of keys and sources. */
@NullMarked
package io.millrace.ingest.admission;

import org.jspecify.annotations.NullMarked;
