package io.millrace.query.live;

import io.millrace.schema.window.Revision;
import java.util.UUID;

/**
 * A state of something, as a topic has it.
 *
 * @param entity what it is a state of, unique within the project and the channel
 * @param revision which of two states of one entity is newer
 * @param data the decoded message
 * @param bytes an estimate of what it takes in memory
 */
public record LiveEvent<D>(
        UUID project, String entity, Revision revision, int partition, long offset, D data, int bytes) {}
