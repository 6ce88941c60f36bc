/** How soon the anomalies of the demo's incidents are told, and how many are told that are none. */
@NullMarked
package io.millrace.bench.demo;

import org.jspecify.annotations.NullMarked;
