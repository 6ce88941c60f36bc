/** Input that is wrong, too much, or hostile, against a whole stack: what is answered, and what memory it leaves. */
@NullMarked
package io.millrace.bench.refusals;

import org.jspecify.annotations.NullMarked;
