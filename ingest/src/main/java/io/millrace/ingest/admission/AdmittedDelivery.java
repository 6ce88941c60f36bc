package io.millrace.ingest.admission;

import io.millrace.ingest.limit.Allowance;
import io.millrace.ingest.limit.Rates;
import io.millrace.ingest.project.Project;
import io.millrace.ingest.webhook.Delivery;

/**
 * A delivery to a source of webhooks, whose body is still to be compared with what its headers say.
 *
 * @param project that the source belongs to
 */
public record AdmittedDelivery(Project project, Delivery delivery) {
    /** What the request is counted in. */
    public Allowance allowance() {
        return Allowance.of(project.id(), project.rates(), null, Rates.NONE);
    }
}
