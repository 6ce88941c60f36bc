package io.millrace.ingest.admission;

import io.millrace.ingest.limit.Allowance;
import io.millrace.ingest.project.ApiKey;
import io.millrace.ingest.project.Project;

/** Who sends: a project, by one of its keys. */
public record Admitted(Project project, ApiKey key) {
    /** What the request is counted in. */
    public Allowance allowance() {
        return Allowance.of(project.id(), project.rates(), key.id(), key.rates());
    }
}
