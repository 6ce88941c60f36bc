package io.millrace.query.setting;

import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Something that a project has one of: shown, and replaced as a whole. */
public interface Setting {
    /** The last part of its path. */
    String name();

    /** The fields of its document. */
    Set<String> fields();

    /** The most bytes that its document may have. */
    long mostBytes();

    /** Its document; nothing when there is no such project. */
    Future<Optional<byte[]>> find(UUID project);

    /**
     * Replaces it; false when there is no such project.
     *
     * @throws Problem when the document says what cannot be
     */
    Future<Boolean> replace(UUID project, RequestBody document);
}
