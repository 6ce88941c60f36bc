/** Everything in one process tree: the services on embedded Kafka, Flink and Postgres. */
@NullMarked
package io.millrace.standalone;

import org.jspecify.annotations.NullMarked;
