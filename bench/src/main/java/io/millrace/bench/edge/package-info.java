/**
 * What one edge costs by itself. {@link io.millrace.bench.edge.EdgeSite} is a log and a cache without jobs;
 * {@link io.millrace.bench.edge.EdgeSubject} and {@link io.millrace.bench.edge.ZipkinSubject} take the same spans from
 * {@link io.millrace.bench.edge.Load}; {@link io.millrace.bench.edge.PhysicalLimit} is what no edge can beat. Everything is
 * measured as processor time per span, since wall-clock rates are those of the machine and of whoever shares it.
 */
@NullMarked
package io.millrace.bench.edge;

import org.jspecify.annotations.NullMarked;
