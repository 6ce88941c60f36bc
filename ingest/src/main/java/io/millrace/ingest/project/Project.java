package io.millrace.ingest.project;

import io.millrace.ingest.privacy.Masking;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A tenant's project, as far as the edge needs it.
 *
 * @param retention how long facts are kept; a span that ended earlier is refused
 * @param masking what is taken out of its texts; empty when it has rules that this edge does not understand, which must
 *     not be taken for none
 */
public record Project(UUID id, String name, Duration retention, Optional<Masking> masking) {}
