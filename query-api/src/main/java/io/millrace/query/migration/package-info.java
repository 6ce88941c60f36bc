/** Brings outside services to what this version needs, and judges whether they can keep what it promises. */
@NullMarked
package io.millrace.query.migration;

import org.jspecify.annotations.NullMarked;
