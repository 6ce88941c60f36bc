package io.millrace.ingest.project;

import java.time.Duration;
import java.util.UUID;

/**
 * A tenant's project, as far as the edge needs it.
 *
 * @param retention how long facts are kept; a span that ended earlier is refused
 */
public record Project(UUID id, String name, Duration retention) {}
