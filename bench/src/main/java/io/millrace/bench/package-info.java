/** Load generator, benchmarks and fault runs; knows the public API only. */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
