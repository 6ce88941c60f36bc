package io.millrace.jobs.assembly;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * Which traces were let go of recently: a Bloom filter (Bloom 1970) in chunks, oldest dropped first. Nothing is decided
 * by a hit: the store is asked. A miss is certain for everything let go of within the horizon.
 */
final class SeenTraces {
    /** 32 bits a trace: with 10 probes one false hit in 500,000 per chunk. Each halts assembly until rows are committed. */
    private static final int TRACES_PER_CHUNK = 65_536;

    private static final int WORDS = TRACES_PER_CHUNK * 32 / 64;
    private static final int PROBES = 10;
    /** Its id, the newest time, its bits. */
    private static final int CHUNK_BYTES = Long.BYTES * (3 + WORDS);

    private final long horizonMillis;
    private final int keptChunks;
    private final Deque<Chunk> chunks = new ArrayDeque<>();

    private static final class Chunk {
        private final UUID id;
        private final long[] bits;
        private int size;
        private long newestMillis;

        private Chunk(UUID id, long[] bits) {
            this.id = id;
            this.bits = bits;
        }
    }

    /**
     * @param horizonMillis how long, in stream time, a trace is remembered for certain
     * @param keptChunks how many chunks may be kept beyond the horizon; 256 KiB each
     */
    SeenTraces(long horizonMillis, int keptChunks) {
        this.horizonMillis = horizonMillis;
        this.keptChunks = keptChunks;
    }

    void add(long hash, long streamTime) {
        Chunk chunk = chunks.peekLast();
        if (chunk == null || chunk.size >= TRACES_PER_CHUNK) {
            chunk = new Chunk(UUID.randomUUID(), new long[WORDS]);
            chunks.addLast(chunk);
            dropOld(streamTime);
        }
        for (int probe = 0; probe < PROBES; probe++) {
            int bit = bit(hash, probe);
            chunk.bits[bit >>> 6] |= 1L << bit;
        }
        chunk.size++;
        chunk.newestMillis = Math.max(chunk.newestMillis, streamTime);
    }

    boolean mayContain(long hash) {
        for (Chunk chunk : chunks) {
            if (hits(chunk, hash)) {
                return true;
            }
        }
        return false;
    }

    /** For a checkpoint. */
    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(chunks.size() * CHUNK_BYTES);
        for (Chunk chunk : chunks) {
            out.putLong(chunk.id.getMostSignificantBits());
            out.putLong(chunk.id.getLeastSignificantBits());
            out.putLong(chunk.newestMillis);
            out.asLongBuffer().put(chunk.bits);
            out.position(out.position() + Long.BYTES * WORDS);
        }
        return out.array();
    }

    /**
     * Adds the chunks that {@link #encode} wrote, of this instance or of another; one that is here already is passed
     * over. They are full from then on: after a change of parallelism several instances hold the same chunk, and none
     * may let its copy differ.
     */
    void restore(byte[] encoded) {
        ByteBuffer in = ByteBuffer.wrap(encoded);
        while (in.hasRemaining()) {
            Chunk chunk = new Chunk(new UUID(in.getLong(), in.getLong()), new long[WORDS]);
            chunk.newestMillis = in.getLong();
            in.asLongBuffer().get(chunk.bits);
            in.position(in.position() + Long.BYTES * WORDS);
            chunk.size = TRACES_PER_CHUNK;
            if (chunks.stream().noneMatch(present -> present.id.equals(chunk.id))) {
                chunks.addLast(chunk);
            }
        }
    }

    int chunks() {
        return chunks.size();
    }

    private void dropOld(long streamTime) {
        while (chunks.size() > keptChunks) {
            Chunk oldest = chunks.getFirst();
            if (oldest.newestMillis > streamTime - horizonMillis) {
                return;
            }
            chunks.removeFirst();
        }
    }

    private static boolean hits(Chunk chunk, long hash) {
        for (int probe = 0; probe < PROBES; probe++) {
            int bit = bit(hash, probe);
            if ((chunk.bits[bit >>> 6] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    // Double hashing (Kirsch, Mitzenmacher 2006).
    private static int bit(long hash, int probe) {
        int first = (int) hash;
        int second = (int) (hash >>> 32) | 1;
        return (first + probe * second) & (WORDS * 64 - 1);
    }
}
