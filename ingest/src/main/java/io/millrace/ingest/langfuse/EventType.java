package io.millrace.ingest.langfuse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an event does.
 *
 * @param subject what it is about
 * @param observation what {@code langfuse.observation.type} calls what it is about; null when the event does not tell
 * @param update it changes what another event made
 */
record EventType(Subject subject, @Nullable String observation, boolean update) {
    enum Subject {
        TRACE,
        OBSERVATION,
        SCORE,
        /** What an SDK has to say of itself. */
        LOG
    }

    static final EventType SCORE = new EventType(Subject.SCORE, null, false);
    static final String EVENT = "event";

    private static final String SPAN = "span";
    /** The body tells of what type it is. */
    private static final String ANY = "observation";

    private static final List<String> OBSERVATIONS = List.of(
            SPAN,
            "generation",
            EVENT,
            "agent",
            "tool",
            "chain",
            "retriever",
            "evaluator",
            "embedding",
            "guardrail",
            ANY);

    private static final Map<String, EventType> BY_NAME = byName();

    private static Map<String, EventType> byName() {
        Map<String, EventType> types = new HashMap<>();
        types.put("trace-create", new EventType(Subject.TRACE, null, false));
        types.put("score-create", SCORE);
        types.put("sdk-log", new EventType(Subject.LOG, null, false));
        for (String name : OBSERVATIONS) {
            types.put(name + "-create", new EventType(Subject.OBSERVATION, name.equals(ANY) ? null : name, false));
            types.put(name + "-update", new EventType(Subject.OBSERVATION, updated(name), true));
        }
        return types;
    }

    /** SDKs update observations of every type as spans. */
    private static @Nullable String updated(String name) {
        return name.equals(ANY) || name.equals(SPAN) ? null : name;
    }

    /** Null when events of that name are not taken. */
    static @Nullable EventType of(String name) {
        return BY_NAME.get(name);
    }
}
