package io.millrace.query.live;

import io.vertx.core.Future;
import java.util.UUID;

/** A state of a project that nobody says by himself: it has to be asked for. */
@FunctionalInterface
public interface Question {
    Future<Answer> ask(UUID project);

    /**
     * The state at one moment.
     *
     * @param state equal for equal states
     * @param json the {@code data} of an event: a JSON object
     */
    record Answer(Object state, String json) {}
}
