/**
 * The dialect of Langfuse's SDKs before they were built on OpenTelemetry, and of the scores of all of them. A request is a
 * batch of events, {@link io.millrace.ingest.langfuse.LangfuseEvents}; each says something about a trace or about one of its
 * observations, and becomes one partial message about that. What its body says is written as the attributes which the
 * newer SDKs send for the same ({@link io.millrace.ingest.otlp.LangfuseKeys}) and read by their rules, so that both are
 * stored alike.
 *
 * <p>Scores have no place of their own yet. Each is kept as a message about its trace, also when it is about an observation:
 * its body has one event {@code score}, whose attributes are the score's members. So it is durable and can be
 * replayed, changes no field of any span, and makes no span that never was.
 *
 * <p>The answer is always 207. {@code errors} is for what a client should send again, and a client sends the whole batch
 * again when there is one; no event that is refused would be taken the next time, so {@code errors} is always empty.
 * Refused events are not among the {@code successes}, and are named with their reasons in {@code refused}.
 */
@NullMarked
package io.millrace.ingest.langfuse;

import org.jspecify.annotations.NullMarked;
