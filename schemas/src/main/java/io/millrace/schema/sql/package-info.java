/** The database schema: migrations and the log-ins of the services. */
@NullMarked
package io.millrace.schema.sql;

import org.jspecify.annotations.NullMarked;
