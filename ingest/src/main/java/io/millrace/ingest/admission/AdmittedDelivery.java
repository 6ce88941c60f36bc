package io.millrace.ingest.admission;

import io.millrace.ingest.project.Project;
import io.millrace.ingest.webhook.Delivery;

/**
 * A delivery to a source of webhooks, whose body is still to be compared with what its headers say.
 *
 * @param project that the source belongs to
 */
public record AdmittedDelivery(Project project, Delivery delivery) {}
