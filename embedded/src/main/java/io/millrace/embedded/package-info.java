/**
 * Real backing services without installing any: an in-process Kafka broker, {@code postgres} as a child process and a
 * Flink mini cluster, all under one {@link io.millrace.embedded.DataFolder}.
 *
 * <p>Each service is made, started and closed on its own; {@link io.millrace.embedded.Teardown} closes them in the
 * reverse order of their start, also when the process is asked to end. {@link io.millrace.embedded.EmbeddedStack} is all
 * of them for tests. Every service listens on loopback and wants a generated password. All of it is safe to {@code kill
 * -9} and to open again.
 */
@NullMarked
package io.millrace.embedded;

import org.jspecify.annotations.NullMarked;
