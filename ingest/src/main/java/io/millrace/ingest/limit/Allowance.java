package io.millrace.ingest.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one request is counted in. For most it is nothing, and nobody is asked.
 *
 * @param bytes buckets that its bytes are taken from
 * @param spans buckets that its spans are taken from
 */
public record Allowance(List<Bucket> bytes, List<Bucket> spans) {
    /** No limit. */
    public static final Allowance UNLIMITED = new Allowance(List.of(), List.of());

    /**
     * What holds for a request of a project, sent with a key.
     *
     * @param key the key's id; null for what needs none
     */
    public static Allowance of(UUID project, Rates ofProject, @Nullable UUID key, Rates ofKey) {
        if (ofProject == Rates.NONE && ofKey == Rates.NONE) {
            return UNLIMITED;
        }
        // In braces: buckets that are taken from together are on the same node of a cluster.
        String projectOwner = "{" + project + "}";
        String keyOwner = projectOwner + ":" + key;
        List<Bucket> bytes = new ArrayList<>(2);
        List<Bucket> spans = new ArrayList<>(2);
        add(bytes, LimitName.KEY_BYTES, keyOwner, ofKey.bytes());
        add(bytes, LimitName.PROJECT_BYTES, projectOwner, ofProject.bytes());
        add(spans, LimitName.KEY_SPANS, keyOwner, ofKey.spans());
        add(spans, LimitName.PROJECT_SPANS, projectOwner, ofProject.spans());
        return new Allowance(bytes, spans);
    }

    private static void add(List<Bucket> buckets, LimitName name, String owner, @Nullable Limit limit) {
        if (limit != null) {
            buckets.add(Bucket.of(name, owner, limit));
        }
    }

    /** So many units from each of some buckets. */
    public static List<Charge> charges(List<Bucket> buckets, long units) {
        return buckets.stream().map(bucket -> new Charge(bucket, units)).toList();
    }
}
