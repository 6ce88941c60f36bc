package io.millrace.jobs.assembly;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * Which traces were let go of recently: a Bloom filter (Bloom 1970) in chunks, oldest dropped first. Nothing is decided
 * by a hit: the store is asked. A miss is certain for everything let go of within the horizon.
 */
final class SeenTraces {
    /** 16 bits a trace: 6 probes, about one false hit in 1,700 per chunk. */
    private static final int TRACES_PER_CHUNK = 65_536;

    private static final int WORDS = TRACES_PER_CHUNK * 16 / 64;
    private static final int PROBES = 6;

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
     * @param keptChunks how many chunks may be kept beyond the horizon; 128 KiB each
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
    void writeTo(DataOutputStream out) throws IOException {
        out.writeInt(chunks.size());
        for (Chunk chunk : chunks) {
            out.writeLong(chunk.id.getMostSignificantBits());
            out.writeLong(chunk.id.getLeastSignificantBits());
            out.writeLong(chunk.newestMillis);
            for (long word : chunk.bits) {
                out.writeLong(word);
            }
        }
    }

    /**
     * Adds the chunks that {@link #writeTo} wrote, of this instance or of another; one that is here already is passed
     * over. They are full from then on: after a change of parallelism several instances hold the same chunk, and none
     * may let its copy differ.
     */
    void readFrom(DataInputStream in) throws IOException {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            Chunk chunk = new Chunk(new UUID(in.readLong(), in.readLong()), new long[WORDS]);
            chunk.newestMillis = in.readLong();
            for (int word = 0; word < WORDS; word++) {
                chunk.bits[word] = in.readLong();
            }
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
