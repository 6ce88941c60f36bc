package io.millrace.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The one folder under which a stack keeps everything, open in one process at a time.
 *
 * <p>The folder and what is in it are for its owner only. The lock ends with the process, however it ends.
 */
public final class DataFolder implements AutoCloseable {
    /**
     * What this process has open. A second channel to the lock file must never be opened here: closing it would drop the
     * first one's lock, as POSIX has it.
     */
    private static final Set<Path> OPEN = new HashSet<>();

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path root;
    private final FileChannel channel;
    private final Secrets secrets;

    private DataFolder(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
        this.secrets = new Secrets(root.resolve("secrets"));
    }

    /**
     * Opens the folder, and creates it where it is missing.
     *
     * @param folder where the stack keeps its data
     * @throws DataFolderInUse if a process has it open; the message names the process
     * @throws UncheckedIOException if the folder cannot be created or written
     */
    public static DataFolder open(Path folder) {
        try {
            var root = PrivateFiles.folder(folder.toAbsolutePath()).toRealPath();
            synchronized (OPEN) {
                if (!OPEN.add(root))
                    throw new DataFolderInUse(root, ProcessHandle.current().pid() + " (this one)");
                try {
                    return new DataFolder(root, lock(root));
                } catch (IOException | RuntimeException e) {
                    OPEN.remove(root);
                    throw e;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the data folder " + folder, e);
        }
    }

    /** Whether this very process has it open. */
    static boolean isOpenHere(Path folder) {
        synchronized (OPEN) {
            try {
                return OPEN.contains(folder.toRealPath());
            } catch (IOException e) {
                return false;
            }
        }
    }

    private static FileChannel lock(Path root) throws IOException {
        var channel = FileChannel.open(
                root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            var owner = ByteBuffer.allocate(32);
            channel.read(owner, 0);
            channel.close();
            var pid = new String(owner.array(), 0, owner.position(), StandardCharsets.US_ASCII).strip();
            throw new DataFolderInUse(root, pid.isEmpty() ? "(unknown)" : pid);
        }
        channel.truncate(0);
        channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
        return channel;
    }

    /** The folder itself, absolute and without links. */
    public Path root() {
        return root;
    }

    /** A folder inside, created for the owner only where it is missing. */
    public Path folder(String name) {
        try {
            return PrivateFiles.folder(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + root.resolve(name), e);
        }
    }

    /** A folder inside that is empty now: what an earlier process left there is deleted. */
    public Path emptied(String name) {
        try {
            PrivateFiles.delete(root.resolve(name));
            return folder(name);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + root.resolve(name), e);
        }
    }

    /** The secret of that name, generated once and kept in a file that only the owner reads. */
    public String secret(String name) {
        return secrets.get(name);
    }

    /**
     * Replaces {@code ports.json}, all of it or nothing, for the owner only.
     *
     * @param ports what to tell: the process id and, by service, its ports and process ids
     */
    public void writePorts(Map<String, ?> ports) {
        write("ports.json", ports);
    }

    /**
     * Replaces a JSON file in this folder, all of it or nothing, for the owner only.
     *
     * @param file the file's name
     * @param content what Jackson can write
     */
    public void write(String file, Map<String, ?> content) {
        try {
            PrivateFiles.replace(root.resolve(file), JSON.writeValueAsString(content) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + root.resolve(file), e);
        }
    }

    /** Lets other processes open the folder. */
    @Override
    public void close() {
        synchronized (OPEN) {
            if (!channel.isOpen()) return;
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot release the lock of " + root, e);
            } finally {
                OPEN.remove(root);
            }
        }
    }
}
