/** Brings outside services to what this version needs: topics; the database schema is {@code schema.sql}'s. */
@NullMarked
package io.millrace.query.migration;

import org.jspecify.annotations.NullMarked;
