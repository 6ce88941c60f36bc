/** What administrators set for a whole project, whatever it is. */
@NullMarked
package io.millrace.query.setting;

import org.jspecify.annotations.NullMarked;
