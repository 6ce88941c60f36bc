package io.millrace.jobs.assembly;

/**
 * A span within its trace. Immutable: a change is a new member, so that what was contributed can be taken back.
 *
 * @param counted its usage counts: it may, and no model call below it reports usage
 * @param callBelow a model call that may count lies below it
 * @param root it is the trace's root
 */
record Member(SpanFact fact, boolean counted, boolean callBelow, boolean root) {
    Member withCallBelow() {
        return new Member(fact, false, true, root);
    }

    Member withRoot(boolean isRoot) {
        return new Member(fact, counted, callBelow, isRoot);
    }

    /** Whether windows and rows see a difference to {@code other}, a member with the same fact. */
    boolean sameToOthers(Member other) {
        return counted == other.counted && root == other.root;
    }
}
