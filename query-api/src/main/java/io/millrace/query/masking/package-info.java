/** What a project wants taken out of its texts: its rules, which the edge applies. */
@NullMarked
package io.millrace.query.masking;

import org.jspecify.annotations.NullMarked;
