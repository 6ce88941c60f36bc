package io.millrace.jobs.assembly;

/**
 * A span within its trace. Immutable: a change is a new member, so that what was contributed can be taken back.
 *
 * @param counted its usage counts: it may, and no model call below it reports usage
 * @param callBelow a model call that may count lies below it
 * @param root it is the trace's root
 * @param waits it has no row yet, since it has no end
 */
record Member(SpanFact fact, boolean counted, boolean callBelow, boolean root, boolean waits) {
    /** One that has a row, or is about to get one. */
    Member(SpanFact fact, boolean counted, boolean callBelow, boolean root) {
        this(fact, counted, callBelow, root, false);
    }

    Member withCallBelow() {
        return new Member(fact, false, true, root, waits);
    }

    Member withRoot(boolean isRoot) {
        return new Member(fact, counted, callBelow, isRoot, waits);
    }

    /** Whether windows see it. */
    boolean contributes() {
        return fact.isComplete();
    }

    /** Whether windows and rows see a difference to {@code other}, a member with the same fact. */
    boolean sameToOthers(Member other) {
        return counted == other.counted && root == other.root;
    }
}
