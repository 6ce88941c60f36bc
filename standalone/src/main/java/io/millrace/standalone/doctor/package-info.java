/** Looks at an installation and says what to mend: what is there is read apart from what is thought of it. */
@NullMarked
package io.millrace.standalone.doctor;

import org.jspecify.annotations.NullMarked;
