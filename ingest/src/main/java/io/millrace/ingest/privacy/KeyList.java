package io.millrace.ingest.privacy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Keys of attributes, and beginnings of keys. */
final class KeyList {
    private final byte[][] keys;
    private final byte[][] beginnings;

    /**
     * @param patterns keys, or beginnings with a {@code *} behind
     */
    KeyList(List<String> patterns) {
        keys = patterns.stream()
                .filter(pattern -> !pattern.endsWith("*"))
                .map(key -> key.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        beginnings = patterns.stream()
                .filter(pattern -> pattern.endsWith("*"))
                .map(pattern -> pattern.substring(0, pattern.length() - 1).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    boolean has(byte[] utf8, int from, int to) {
        for (byte[] key : keys) {
            if (Arrays.equals(key, 0, key.length, utf8, from, to)) {
                return true;
            }
        }
        for (byte[] beginning : beginnings) {
            if (to - from >= beginning.length
                    && Arrays.equals(beginning, 0, beginning.length, utf8, from, from + beginning.length)) {
                return true;
            }
        }
        return false;
    }
}
