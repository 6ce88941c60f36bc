/** Runs as LangSmith's SDKs send them: created and updated in parts, one by one, in batches and as multipart forms. */
@NullMarked
package io.millrace.ingest.langsmith;

import org.jspecify.annotations.NullMarked;
