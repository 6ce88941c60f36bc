package io.millrace.ingest.privacy;

import java.util.UUID;

/** Makes maskings of rules, with the deployment's secret and one set of counts. */
public final class MaskingFactory {
    private final byte[] secret;
    private final MaskingCounts counts;

    /**
     * @param secret what hashes are keyed with: the same at every edge, or equal texts get several names
     */
    public MaskingFactory(byte[] secret, MaskingCounts counts) {
        this.secret = secret.clone();
        this.counts = counts;
    }

    /** The masking that a project's rules ask for. */
    public Masking of(UUID project, MaskingRules rules) {
        return ProjectMasking.of(rules, new KeyedHash(secret, project), counts);
    }
}
