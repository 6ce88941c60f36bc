package io.millrace.query.trace;

import io.millrace.blob.StoredBlob;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;

/** Carries a blob to a client, one piece at a time, and as fast as the client reads: memory is bounded by a piece. */
final class BlobTransfer {
    private static final int PIECE = 64 * 1024;

    private final StoredBlob blob;
    private final WriteStream<Buffer> out;
    private final WorkerExecutor workers;
    private final byte[] piece = new byte[PIECE];

    /** Takes over {@code blob}: it is closed in the end. */
    BlobTransfer(StoredBlob blob, WriteStream<Buffer> out, WorkerExecutor workers) {
        this.blob = blob;
        this.out = out;
        this.workers = workers;
    }

    /** Done when the last piece was handed over; fails when the store or the client has gone. */
    Future<Void> run() {
        return next().eventually(() -> workers.executeBlocking(this::close, false));
    }

    private Future<Void> next() {
        return workers.executeBlocking(() -> blob.content().readNBytes(piece, 0, PIECE), false)
                .compose(read -> {
                    if (read == 0) {
                        return out.end();
                    }
                    // A write is done once the bytes are with the operating system.
                    return out.write(Buffer.buffer(read).appendBytes(piece, 0, read))
                            .compose(written -> next());
                });
    }

    private boolean close() throws IOException {
        blob.close();
        return true;
    }
}
