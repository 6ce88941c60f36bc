package io.millrace.ingest.langsmith;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A run of a form, as its parts are found, which may come in any order. */
final class FormRun {
    private final RunOperation operation;
    private final String id;
    private @Nullable Part main;
    /** By name, so that the same parts are the same message in whichever order they come. */
    private final SortedMap<String, Part> members = new TreeMap<>();

    private final List<Part> files = new ArrayList<>();

    FormRun(RunOperation operation, String id) {
        this.operation = operation;
        this.id = id;
    }

    RunOperation operation() {
        return operation;
    }

    String id() {
        return id;
    }

    @Nullable
    Part main() {
        return main;
    }

    SortedMap<String, Part> members() {
        return members;
    }

    List<Part> files() {
        return files;
    }

    /**
     * Takes a part of the run, if the run has none like it yet.
     *
     * @param member empty: the run itself
     */
    boolean take(String member, Part part) {
        if (!member.isEmpty()) {
            return members.putIfAbsent(member, part) == null;
        }
        if (main != null) {
            return false;
        }
        main = part;
        return true;
    }

    /** A file's part is called {@code attachment.RUN.NAME}. */
    String nameOf(Part file) {
        String prefix = "attachment." + id;
        return file.name().length() > prefix.length() + 1 ? file.name().substring(prefix.length() + 1) : "";
    }
}
