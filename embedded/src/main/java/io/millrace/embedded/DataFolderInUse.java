package io.millrace.embedded;

import java.nio.file.Path;

/** Another process, or this one, has the data folder open. The message names it and says what to do. */
public final class DataFolderInUse extends IllegalStateException {
    private static final long serialVersionUID = 1;

    DataFolderInUse(Path folder, String pid) {
        super("the data folder " + folder + " is in use by process " + pid
                + ": stop that process, or choose another folder with --data");
    }
}
