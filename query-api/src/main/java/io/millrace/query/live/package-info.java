/**
 * The feed of what changes, pulled by each client at its own pace: {@link io.millrace.query.live.TopicTail} follows a topic
 * into an {@link io.millrace.query.live.EventRing} that all clients share; a
 * {@link io.millrace.query.live.TopicSubscription} is a position in it with a filter, and reads from
 * {@link io.millrace.query.live.TopicHistory} what the ring no longer has;
 * {@link io.millrace.query.live.LiveConnection} is a client, whatever its {@link io.millrace.query.live.Outlet}.
 *
 * <p>A channel over a topic is a {@link io.millrace.query.live.Decoder} in the package of its feature and a line in the
 * wiring; until then it answers {@code not_available}.
 */
@NullMarked
package io.millrace.query.live;

import org.jspecify.annotations.NullMarked;
