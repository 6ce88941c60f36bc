package io.millrace.ingest.langsmith;

import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of {@code POST /runs/multipart}: runs, with their large members in parts of their own, files and
 * feedback. The names of the parts say what they are: {@code post.RUN}, {@code patch.RUN.outputs},
 * {@code attachment.RUN.NAME}, {@code feedback.ID}.
 */
public final class RunForm {
    /** What is counted of files that are not kept, since there is no blob store. */
    private static final String IGNORED_FILE = "attachment";

    private final byte[] bytes;
    private final RunMessages messages;
    private final List<FormRun> runs = new ArrayList<>();
    /** The latest run of each operation and id, which takes what comes next for it. */
    private final Map<String, FormRun> latest = new HashMap<>();

    private final Map<String, List<Part>> files = new HashMap<>();
    private final List<Part> feedback = new ArrayList<>();

    private RunForm(byte[] bytes, RunMessages messages) {
        this.bytes = bytes;
        this.messages = messages;
    }

    /** The boundary that a {@code Content-Type} names; null: none. */
    public static @Nullable String boundary(@Nullable String contentType) {
        return MultipartBody.boundary(contentType);
    }

    /**
     * @throws MalformedEnvelope when the body is no form with this boundary, or not all of one
     */
    public static RequestSpans decode(byte[] body, int offset, int length, String boundary, RequestContext context)
            throws MalformedEnvelope {
        RunForm form = new RunForm(body, new RunMessages(context, length));
        for (Part part : MultipartBody.parts(body, offset, length, boundary)) {
            form.sort(part);
        }
        form.read();
        return form.messages.spans();
    }

    private void sort(Part part) {
        String[] names = part.name().split("\\.", 3);
        boolean member = names.length == 3;
        String id = names.length > 1 ? names[1] : "";
        switch (id.isEmpty() ? "" : names[0]) {
            case "post" -> run(RunOperation.POST, id, member ? names[2] : "", part);
            case "patch" -> run(RunOperation.PATCH, id, member ? names[2] : "", part);
            case "attachment" ->
                files.computeIfAbsent(id, first -> new ArrayList<>()).add(part);
            case "feedback" -> feedback.add(part);
            default -> messages.refuse("a part that is called neither post., patch., attachment. nor feedback.");
        }
    }

    /** Two messages of one run, such as two updates, are told apart by what both of them have. */
    private void run(RunOperation operation, String id, String member, Part part) {
        String key = operation + id;
        FormRun known = latest.get(key);
        if (known == null || !known.take(member, part)) {
            FormRun next = new FormRun(operation, id);
            next.take(member, part);
            latest.put(key, next);
            runs.add(next);
        }
    }

    private void read() throws MalformedEnvelope {
        addFiles();
        Map<String, String> traces = new HashMap<>();
        for (FormRun run : runs) {
            messages.run(run, bytes);
            String trace = messages.saidTrace();
            if (trace != null) {
                traces.putIfAbsent(run.id(), trace);
            }
        }
        for (Part part : feedback) {
            messages.feedback(part, bytes, traces);
        }
    }

    /** A run's files are part of its first message, or of one of their own. */
    private void addFiles() {
        for (FormRun run : runs) {
            add(files.remove(run.id()), run);
        }
        files.forEach((id, left) -> {
            FormRun run = new FormRun(RunOperation.PATCH, id);
            runs.add(run);
            add(left, run);
        });
    }

    private void add(@Nullable List<Part> parts, FormRun run) {
        if (parts != null) {
            parts.sort(Comparator.comparing(Part::name));
            run.files().addAll(parts);
            if (!messages.spans().context().payloads().areStored()) {
                messages.spans().ignore(IGNORED_FILE, parts.size());
            }
        }
    }
}
