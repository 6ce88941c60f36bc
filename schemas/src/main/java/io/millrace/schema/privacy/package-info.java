/** What a project may want taken out of its texts, by name: the words of the API, of messages and of metrics. */
@NullMarked
package io.millrace.schema.privacy;

import org.jspecify.annotations.NullMarked;
