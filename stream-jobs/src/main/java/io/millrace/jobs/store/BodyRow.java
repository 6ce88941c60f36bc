package io.millrace.jobs.store;

import io.millrace.schema.id.TraceId;
import java.util.UUID;

/**
 * A row of {@code bodies}: the bodies that one record of the log brought for one trace.
 *
 * @param receivedAtMillis gives the day
 * @param block a compressed {@code BodyBlock}
 */
public record BodyRow(UUID project, TraceId trace, long receivedAtMillis, int partition, long offset, byte[] block) {}
