/**
 * What the synthetic application does, from a seed and without a clock or a network: {@link Arrivals} say when a user
 * comes, {@link AgentRun} makes up what the agent then does, and {@link IncidentPlan} when something goes wrong. Times
 * count from the beginning of the demo.
 */
@NullMarked
package io.millrace.standalone.demo.scenario;

import org.jspecify.annotations.NullMarked;
