package io.millrace.ingest.project;

import io.millrace.ingest.limit.Quota;
import io.millrace.ingest.limit.Rates;
import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.BodySampling;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A tenant's project, as far as the edge needs it.
 *
 * @param retention how long facts are kept; a span that ended earlier is refused
 * @param masking what is taken out of its texts; empty when it has rules that this edge does not understand, which must
 *     not be taken for none
 * @param rates how fast all its keys together may send
 * @param quota how much they may send in a month
 * @param sampling of which traces it keeps bodies
 */
public record Project(
        UUID id,
        String name,
        Duration retention,
        Optional<Masking> masking,
        Rates rates,
        Quota quota,
        BodySampling sampling) {}
