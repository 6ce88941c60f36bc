package io.millrace.query.live;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.schema.topic.Topic;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a feature knows of its topic: all that a channel needs beside the machinery. It is asked by several threads.
 *
 * @param <D> what a message is decoded into; as good as immutable
 */
public interface Decoder<D> {
    /** All states of one entity are in one of its partitions, in their order. */
    Topic topic();

    /** Whether only the newest state of an entity matters, so that others may be left out. */
    boolean isConflated();

    /**
     * Reads a record.
     *
     * @return nothing for a record that is no state of anything
     * @throws InvalidProtocolBufferException for one that is not of this topic
     */
    Optional<LiveEvent<D>> decode(int partition, long offset, byte[] value) throws InvalidProtocolBufferException;

    /**
     * Understands a client's filter: every field with its values, as a query string would have them.
     *
     * @throws io.millrace.query.http.Problem naming what cannot be used
     */
    Selection<D> select(Map<String, List<String>> filter);

    /** What a client wants to see, and how. */
    interface Selection<D> {
        boolean takes(D data);

        /** The {@code data} of an event: a JSON object. */
        String json(D data);
    }
}
