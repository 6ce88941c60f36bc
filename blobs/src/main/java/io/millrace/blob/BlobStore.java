package io.millrace.blob;

import io.millrace.schema.blob.BlobId;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;

/**
 * Bytes by project and name. A name says what is in it, so that nothing is ever changed: it is written, read, and goes with
 * its day. Every call blocks, and fails with an {@link IOException} when the store is away; safe for threads.
 */
public interface BlobStore extends AutoCloseable {
    /**
     * Keeps bytes. They are durable when this returns; what is there already is left as it is.
     *
     * @param id of these bytes
     * @param mediaType one line, which is given back with the bytes
     */
    void put(UUID project, BlobId id, byte[] bytes, String mediaType) throws IOException;

    /** A blob to read, to be closed by the caller; empty if there is none of this name. */
    Optional<StoredBlob> open(UUID project, BlobId id) throws IOException;

    /**
     * Deletes some blobs of a project that belong to days before {@code firstKept}, the oldest first.
     *
     * @param most how many at once
     * @return how many went; fewer than {@code most}: there are no more
     */
    int deleteBefore(UUID project, LocalDate firstKept, int most) throws IOException;

    /** Fails with what is wrong when blobs could not be kept now. */
    void check() throws IOException;

    @Override
    void close();
}
