package io.millrace.ingest.limit;

/**
 * What a limit is counted in, by all edges.
 *
 * @param id the same at every edge. A limit that was changed has another one, and begins anew
 */
public record Bucket(LimitName name, String id, Limit limit) {
    /**
     * @param owner what is limited: a project, or a key of a project
     */
    static Bucket of(LimitName name, String owner, Limit limit) {
        return new Bucket(name, owner + ':' + name.label() + ':' + limit.perSecond() + ':' + limit.burst(), limit);
    }
}
