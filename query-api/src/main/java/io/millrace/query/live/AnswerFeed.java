package io.millrace.query.live;

import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.live.Question.Answer;
import io.millrace.schema.window.Revision;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A channel without a topic: while somebody follows a project, it is asked every few seconds how it stands, once for all who
 * follow it, and more seldom when the answer takes long. Only the newest answer is kept. Thread-safe.
 */
final class AnswerFeed implements Feed {
    static final long PAUSE_MILLIS = 3_000;
    /** So that asking takes at most a tenth of the time. */
    private static final int PAUSE_FACTOR = 9;

    private final Channel channel;
    private final Question question;
    private final Loop loop;
    private final LongSupplier millis;
    private final LiveFigures figures;
    private final Map<UUID, Project> projects = new HashMap<>();

    /** The newest answer of a project, and who waits for others. */
    private static final class Project {
        final Set<Runnable> waiting = new HashSet<>();

        @Nullable
        Answer newest;

        long revision;
    }

    /**
     * @param millis as {@link java.time.Clock#millis}; answers are numbered by it, so that a later process numbers on
     */
    AnswerFeed(Channel channel, Question question, Loop loop, LongSupplier millis, LiveFigures figures) {
        this.channel = channel;
        this.question = question;
        this.loop = loop;
        this.millis = millis;
        this.figures = figures;
    }

    @Override
    public void start() {
        // It begins with the first who follows.
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {
        synchronized (projects) {
            projects.clear();
        }
    }

    @Override
    public Subscription subscribe(LiveRequest request, UUID id, Link link) {
        if (!request.filter().isEmpty()) {
            List<Problem.FieldError> errors = request.filter().keySet().stream()
                    .map(name -> new Problem.FieldError(name, "unknown"))
                    .toList();
            throw Problem.of(ProblemType.UNKNOWN_PARAMETER, "the channel has no filter", errors);
        }
        long[] after = request.after()
                .map(cursor -> LiveCursor.decode(channel, cursor))
                .orElse(new long[1]);
        if (after.length != 1) {
            throw Problem.of(ProblemType.INVALID_CURSOR, "this is no cursor of this channel");
        }
        Runnable waiter = link::wake;
        Project project;
        boolean first;
        synchronized (projects) {
            first = !projects.containsKey(id);
            project = projects.computeIfAbsent(id, absent -> new Project());
            project.waiting.add(waiter);
        }
        if (first) {
            loop.execute(() -> ask(id, project));
        }
        return new Following(request, id, project, waiter, link, after[0]);
    }

    private void ask(UUID id, Project project) {
        synchronized (projects) {
            if (projects.get(id) != project) {
                return;
            }
        }
        long began = millis.getAsLong();
        question.ask(id).onComplete(result -> {
            if (result.succeeded()) {
                take(project, result.result());
            }
            long took = Math.max(0, millis.getAsLong() - began);
            loop.after(Math.max(PAUSE_MILLIS, took * PAUSE_FACTOR), () -> ask(id, project));
        });
    }

    private void take(Project project, Answer answer) {
        synchronized (projects) {
            Answer before = project.newest;
            if (before != null && before.state().equals(answer.state())) {
                return;
            }
            project.newest = answer;
            project.revision = Math.max(project.revision + 1, millis.getAsLong());
            project.waiting.forEach(Runnable::run);
        }
    }

    /** One client's view: the newest answer, if it has not had it. */
    private final class Following implements Subscription {
        private final LiveRequest request;
        private final UUID id;
        private final Project project;
        private final Runnable waiter;
        private final Link link;
        private long sent;
        private boolean caughtUp;

        Following(LiveRequest request, UUID id, Project project, Runnable waiter, Link link, long sent) {
            this.request = request;
            this.id = id;
            this.project = project;
            this.waiter = waiter;
            this.link = link;
            this.sent = sent;
        }

        @Override
        public Progress pump(int most) {
            Answer answer;
            long revision;
            synchronized (projects) {
                answer = project.newest;
                revision = project.revision;
            }
            if (answer == null || link.isFull()) {
                return Progress.WAITING;
            }
            if (revision > sent) {
                sent = revision;
                String json = LiveMessages.event(
                        request.id(), cursor(), id.toString(), new Revision(0, 0, revision), answer.json());
                link.say(json, cursor());
                figures.sent(channel);
            }
            if (!caughtUp) {
                caughtUp = true;
                link.say(LiveMessages.caughtUp(request.id(), cursor()), cursor());
            }
            return Progress.WAITING;
        }

        @Override
        public boolean isBehind() {
            synchronized (projects) {
                return project.revision > sent;
            }
        }

        @Override
        public int held() {
            return 0;
        }

        @Override
        public String cursor() {
            return LiveCursor.encode(channel, new long[] {sent});
        }

        @Override
        public void close() {
            synchronized (projects) {
                project.waiting.remove(waiter);
                if (project.waiting.isEmpty()) {
                    projects.remove(id, project);
                }
            }
        }
    }
}
