package io.millrace.blob;

import io.millrace.schema.blob.BlobId;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One file for each blob, {@code PROJECT/DAY/SHA-256}: a line with its media type, then its bytes. A file has its name only once all of it is on the disk, so that after
 * a loss of power there is all of a blob or nothing.
 */
final class FolderBlobStore implements BlobStore {
    private static final String UNFINISHED = ".part";
    private static final int LONGEST_HEAD = 512;

    private static final int MOST_DAYS = 10_000;

    private final Path root;
    /** Of which this process has seen to it that their names outlive a loss of power. */
    private final Set<Path> durableDays = ConcurrentHashMap.newKeySet();

    /** @throws IOException when there is no such folder and none can be made */
    FolderBlobStore(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root);
        sync(root);
    }

    @Override
    public void put(UUID project, BlobId id, byte[] bytes, String mediaType) throws IOException {
        Path day = day(project, id.day());
        Path file = day.resolve(id.sha256());
        if (!Files.exists(file)) {
            makeDay(project, day);
            write(day, file, head(mediaType), bytes);
        }
        // Also for the one who comes second: the first may not have come this far.
        sync(day);
    }

    private static byte[] head(String mediaType) {
        byte[] head = (mediaType + "\n").getBytes(StandardCharsets.US_ASCII);
        if (head.length > LONGEST_HEAD || mediaType.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a media type is one short line");
        }
        return head;
    }

    private static void write(Path day, Path file, byte[] head, byte[] bytes) throws IOException {
        Path unfinished = Files.createTempFile(day, "", UNFINISHED);
        try {
            try (FileChannel out = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                write(out, head);
                write(out, bytes);
                out.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void write(FileChannel out, byte[] bytes) throws IOException {
        for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
            out.write(rest);
        }
    }

    /** A folder that is there may be another writer's who has not come so far that it is durable. */
    private void makeDay(UUID project, Path day) throws IOException {
        if (!Files.isDirectory(day)) {
            durableDays.remove(day);
            Files.createDirectories(day);
        }
        if (!durableDays.contains(day)) {
            sync(folder(project));
            sync(root);
            if (durableDays.size() >= MOST_DAYS) {
                durableDays.clear();
            }
            durableDays.add(day);
        }
    }

    /** A name in a folder is durable once the folder is. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel open = FileChannel.open(folder, StandardOpenOption.READ)) {
            open.force(true);
        }
    }

    @Override
    public Optional<StoredBlob> open(UUID project, BlobId id) throws IOException {
        Path file = day(project, id.day()).resolve(id.sha256());
        try {
            return Optional.of(opened(file));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    private static StoredBlob opened(Path file) throws IOException {
        long length = Files.size(file);
        InputStream content = new BufferedInputStream(Files.newInputStream(file));
        try {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            for (int next = content.read(); next != '\n'; next = content.read()) {
                if (next < 0 || head.size() == LONGEST_HEAD) {
                    throw new IOException("a file of the blob store has no head");
                }
                head.write(next);
            }
            return new StoredBlob(content, length - head.size() - 1, head.toString(StandardCharsets.US_ASCII));
        } catch (IOException broken) {
            content.close();
            throw broken;
        }
    }

    @Override
    public int deleteBefore(UUID project, LocalDate firstKept, int most) throws IOException {
        int deleted = 0;
        for (Path day : daysBefore(project, firstKept)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(day)) {
                for (Path file : files) {
                    if (deleted == most) {
                        return deleted;
                    }
                    deleted += Files.deleteIfExists(file) ? 1 : 0;
                }
            }
            Files.deleteIfExists(day);
        }
        return deleted;
    }

    private List<Path> daysBefore(UUID project, LocalDate firstKept) throws IOException {
        List<Path> days = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder(project))) {
            for (Path name : names) {
                if (isBefore(name.getFileName().toString(), firstKept)) {
                    days.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return List.of();
        }
        days.sort(Comparator.naturalOrder());
        return days;
    }

    private static boolean isBefore(String name, LocalDate firstKept) {
        try {
            return BlobId.parseDay(name).isBefore(firstKept);
        } catch (IllegalArgumentException notOurs) {
            return false;
        }
    }

    @Override
    public void check() throws IOException {
        if (!Files.isWritable(root)) {
            throw new IOException("the folder " + root + " cannot be written to");
        }
    }

    private Path folder(UUID project) {
        return root.resolve(project.toString());
    }

    private Path day(UUID project, LocalDate day) {
        return folder(project).resolve(BlobId.format(day));
    }

    @Override
    public void close() {}
}
