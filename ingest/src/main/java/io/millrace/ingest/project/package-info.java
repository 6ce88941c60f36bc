/** What the edge knows of projects and keys: a view of {@code millrace.control.v1}, held in memory. */
@NullMarked
package io.millrace.ingest.project;

import org.jspecify.annotations.NullMarked;
