package io.millrace.blob;

import java.io.IOException;
import java.io.InputStream;

/**
 * A blob that can be read once.
 *
 * @param bytes how many there are
 * @param mediaType as it was kept
 */
public record StoredBlob(InputStream content, long bytes, String mediaType) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        content.close();
    }
}
