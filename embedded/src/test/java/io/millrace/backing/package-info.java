/**
 * Kafka and Postgres for the integration tests of every module, behind one seam: the embedded ones, or containers where
 * the build asks for them. Other modules take it as the test jar of this one.
 */
@NullMarked
package io.millrace.backing;

import org.jspecify.annotations.NullMarked;
