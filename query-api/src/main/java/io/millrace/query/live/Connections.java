package io.millrace.query.live;

import io.millrace.query.auth.Pass;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Who is connected, and how many may be. Thread-safe. */
final class Connections implements LiveConnection.Register {
    private final int most;
    private final int mostOfProject;
    /** Those that are open, with the project of those that are admitted. */
    private final Map<LiveConnection, Entry> open = new HashMap<>();

    private final Map<UUID, Integer> byProject = new HashMap<>();

    private record Entry(Loop loop, @Nullable UUID project) {}

    Connections(int most, int mostOfProject) {
        this.most = most;
        this.mostOfProject = mostOfProject;
    }

    /**
     * @throws Problem ({@link ProblemType#TOO_MANY}) when there are as many as there may be
     */
    synchronized void requireRoom() {
        if (open.size() >= most) {
            throw Problem.of(ProblemType.TOO_MANY, "there are " + most + " connections already");
        }
    }

    /**
     * @throws Problem ({@link ProblemType#TOO_MANY}) when the project has as many as it may
     */
    synchronized void requireRoom(UUID project) {
        if (byProject.getOrDefault(project, 0) >= mostOfProject) {
            throw Problem.of(ProblemType.TOO_MANY, "the project has " + mostOfProject + " connections already");
        }
    }

    /** Counts a connection, which is not admitted yet. */
    synchronized void opened(LiveConnection connection, Loop loop) {
        requireRoom();
        open.put(connection, new Entry(loop, null));
    }

    @Override
    public synchronized void admitted(LiveConnection connection, Pass pass) {
        requireRoom(pass.project());
        Entry entry = open.get(connection);
        if (entry != null) {
            open.put(connection, new Entry(entry.loop, pass.project()));
            byProject.merge(pass.project(), 1, Integer::sum);
        }
    }

    @Override
    public synchronized void left(LiveConnection connection) {
        Entry entry = open.remove(connection);
        if (entry != null && entry.project != null) {
            byProject.computeIfPresent(entry.project, (project, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Has every connection look at the time. */
    void tick() {
        all().forEach((connection, entry) -> entry.loop.execute(connection::tick));
    }

    /** Tells everybody that the service stops. */
    void closeAll() {
        all().forEach((connection, entry) ->
                entry.loop.execute(() -> connection.close(Closing.GOING_AWAY, "going_away")));
    }

    private synchronized Map<LiveConnection, Entry> all() {
        return new HashMap<>(open);
    }

    synchronized int size() {
        return open.size();
    }

    int subscriptions() {
        return sum(LiveConnection::subscriptions);
    }

    /** Events that connections keep from being forgotten. */
    int held() {
        return sum(LiveConnection::held);
    }

    /** As good as exact: connections count on threads of their own. */
    private int sum(ToIntFunction<LiveConnection> figure) {
        return all().keySet().stream().mapToInt(figure).sum();
    }
}
