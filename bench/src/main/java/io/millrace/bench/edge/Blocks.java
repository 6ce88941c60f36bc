package io.millrace.bench.edge;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Arrays of bytes in a file, each after its length. */
final class Blocks {
    private Blocks() {}

    static void write(Path file, List<byte[]> blocks) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(blocks.size());
            for (byte[] block : blocks) {
                out.writeInt(block.length);
                out.write(block);
            }
        }
    }

    static List<byte[]> read(Path file) throws IOException {
        List<byte[]> blocks = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                byte[] block = new byte[in.readInt()];
                in.readFully(block);
                blocks.add(block);
            }
        }
        return blocks;
    }
}
