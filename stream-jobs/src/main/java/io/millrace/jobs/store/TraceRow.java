package io.millrace.jobs.store;

import io.millrace.jobs.assembly.TraceSummary;
import io.millrace.schema.id.TraceId;
import java.util.UUID;

/**
 * A row of {@code traces}.
 *
 * @param epochDay days since 1970-01-01, of the first accepted span; fixed
 * @param epoch with revision: which write of the row is newer
 */
public record TraceRow(UUID project, TraceId trace, long epochDay, TraceSummary summary, int epoch, long revision) {}
