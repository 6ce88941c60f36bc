/**
 * Kills parts of a stack under load, at moments with unanswered requests, and holds what is stored, summed and answered
 * against the generator's own account: {@link FaultPlan} says what is killed when, {@link FaultRun} does it,
 * {@link Verification} compares.
 */
@NullMarked
package io.millrace.bench.faults;

import org.jspecify.annotations.NullMarked;
