package io.millrace.jobs.detection;

import io.millrace.schema.window.WindowValue;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Watches one series, window by window in the order of time: keeps its profile, and one life for each measure that is not
 * normal.
 */
final class SeriesDetector {
    static final long WINDOW_MILLIS = 10_000;
    /** Windows of normal values after which an anomaly is over. */
    private static final int NORMAL_WINDOWS = 3;

    /** So many requests show that they are normal again, however many there may have been. */
    private static final int TELLING_REQUESTS = 5;

    private static final long NEVER = Long.MIN_VALUE;

    private final Series series;
    private final SeriesProfile profile;
    private final Map<Measure, Life> lives = new EnumMap<>(Measure.class);

    private static final class Life {
        private Judgement worst;
        private final long onset;
        /** Since when the worst of it is so. */
        private long since;

        private final long firstSeen;
        private long lastSeen;
        private int normalWindows;
        /** Start of the last window that was seen not to be normal before it was over: the windows ahead of it may be. */
        private long offAgain = NEVER;
        /** A whole window was not normal. */
        private boolean confirmed;

        private Life(Judgement worst, long onset, long firstSeen) {
            this.worst = worst;
            this.onset = onset;
            this.since = onset;
            this.firstSeen = firstSeen;
            this.lastSeen = firstSeen;
        }

        private void worsen(Judgement judgement, long begun) {
            worst = judgement;
            // Of a drop the last span may come long after its onset.
            since = judgement.kind() == AnomalyKind.SILENCE ? begun : onset;
        }

        /** Whether it is much farther off than was said. */
        private boolean worsensBy(Judgement judgement) {
            return judgement.factor() > 1.2 * worst.factor() || silences(judgement);
        }

        /** Whether what was little is nothing now. */
        private boolean silences(Judgement judgement) {
            return judgement.kind() == AnomalyKind.SILENCE && worst.kind() != AnomalyKind.SILENCE;
        }
    }

    SeriesDetector(Series series) {
        this(series, new SeriesProfile());
    }

    private SeriesDetector(Series series, SeriesProfile profile) {
        this.series = series;
        this.profile = profile;
    }

    /** Counts the requests of a window. */
    Calls count(WindowValue value) {
        return profile.count(value);
    }

    /**
     * Looks at the window that is open.
     *
     * @param start of the window
     * @param calls what requests it had not had when it was looked at last
     * @param value what it has so far
     * @param streamTime until when all there is has come; may lie before the window
     * @param whole whether all that there was could come; else it is not judged how much came
     * @return what has changed
     */
    List<Finding> open(long start, WindowValue value, Calls calls, long streamTime, boolean whole) {
        List<Finding> changes = new ArrayList<>(1);
        profile.called(calls, start);
        for (Judgement judgement : profile.open(start, value, whole)) {
            early(judgement, start, streamTime).ifPresent(changes::add);
        }
        return changes;
    }

    /**
     * Looks at what came in a while.
     *
     * @param from stream time, as {@code to}
     * @param quietSince when the last of all that has come came
     * @param whole whether all that there was could come
     */
    Optional<Finding> look(Arrivals arrivals, long from, long to, long quietSince, boolean whole) {
        profile.arrived(arrivals, from, to, whole);
        return profile.shortfall(Math.max(0, to - quietSince)).flatMap(little -> {
            boolean silent = little.kind() == AnomalyKind.SILENCE;
            // What is missing since then would have ended as much later as stream time is behind.
            long begun = silent ? quietSince : profile.dropSince() + WatchedSeries.LAG_MILLIS;
            return early(little, begun, to);
        });
    }

    /** Whether it is known that nothing comes. */
    boolean isSilent() {
        Life life = lives.get(Measure.THROUGHPUT);
        return life != null && life.worst.kind() == AnomalyKind.SILENCE;
    }

    /** What is seen before a window is over. */
    private Optional<Finding> early(Judgement judgement, long onset, long streamTime) {
        Life life = lives.get(judgement.measure());
        if (life == null) {
            Life begun = new Life(judgement, onset, Math.max(onset, streamTime));
            lives.put(judgement.measure(), begun);
            return Optional.of(finding(begun, AnomalyState.OPEN, 0));
        }
        life.offAgain = Math.max(life.offAgain, onset);
        if (!life.worsensBy(judgement)) {
            return Optional.empty();
        }
        life.worsen(judgement, onset);
        life.lastSeen = Math.max(life.lastSeen, streamTime);
        return Optional.of(finding(life, AnomalyState.OPEN, 0));
    }

    /**
     * Takes a window that is over.
     *
     * @param start of the window, one window after the last one
     * @param quietSince when the last of all that has come came
     * @param whole whether all that there was could come; else it is neither judged nor learnt how much came, and that little
     *     came is no sign that something is over
     * @return what has changed
     */
    List<Finding> close(long start, WindowValue value, long quietSince, boolean whole) {
        long end = start + WINDOW_MILLIS;
        List<Judgement> judgements = profile.close(start, value, Math.max(0, end - quietSince), whole);
        List<Finding> changes = new ArrayList<>(1);
        for (Measure measure : Measure.values()) {
            Optional<Judgement> judgement =
                    judgements.stream().filter(one -> one.measure() == measure).findFirst();
            if (judgement.isPresent()) {
                boolean silent = judgement.get().kind() == AnomalyKind.SILENCE;
                changes.add(confirm(judgement.get(), silent ? quietSince : start, end));
            } else if (whole || measure != Measure.THROUGHPUT && value.requests() >= TELLING_REQUESTS) {
                normal(measure, end).ifPresent(changes::add);
            }
        }
        return changes;
    }

    /** Whether it may be let go of. */
    boolean isIdle() {
        return lives.isEmpty() && profile.isIdle();
    }

    private Finding confirm(Judgement judgement, long onset, long end) {
        Life life = lives.computeIfAbsent(judgement.measure(), absent -> new Life(judgement, onset, end));
        life.confirmed = true;
        life.normalWindows = 0;
        life.lastSeen = Math.max(life.lastSeen, end);
        if (judgement.factor() > life.worst.factor() || life.silences(judgement)) {
            life.worsen(judgement, onset);
        }
        return finding(life, AnomalyState.OPEN, 0);
    }

    private Optional<Finding> normal(Measure measure, long end) {
        Life life = lives.get(measure);
        if (life == null || end <= life.onset) {
            // What was before says nothing of it.
            return Optional.empty();
        }
        if (life.offAgain != NEVER && end > life.offAgain) {
            life.normalWindows = 0;
            life.offAgain = NEVER;
        }
        life.normalWindows++;
        if (life.confirmed && life.normalWindows < NORMAL_WINDOWS) {
            return Optional.empty();
        }
        lives.remove(measure);
        AnomalyState state = life.confirmed ? AnomalyState.RESOLVED : AnomalyState.WITHDRAWN;
        return Optional.of(finding(life, state, life.confirmed ? life.lastSeen : end));
    }

    private Finding finding(Life life, AnomalyState state, long ended) {
        return new Finding(series, life.worst, state, life.onset, life.since, life.firstSeen, life.lastSeen, ended);
    }

    void writeTo(DataOutput out) throws IOException {
        profile.writeTo(out);
        out.writeByte(lives.size());
        for (Life life : lives.values()) {
            FindingSerializer.write(life.worst, out);
            out.writeLong(life.onset);
            out.writeLong(life.since);
            out.writeLong(life.firstSeen);
            out.writeLong(life.lastSeen);
            out.writeInt(life.normalWindows);
            out.writeLong(life.offAgain);
            out.writeBoolean(life.confirmed);
        }
    }

    static SeriesDetector readFrom(Series series, DataInput in) throws IOException {
        SeriesDetector detector = new SeriesDetector(series, SeriesProfile.readFrom(in));
        int size = in.readByte();
        for (int i = 0; i < size; i++) {
            Judgement worst = FindingSerializer.readJudgement(in);
            long onset = in.readLong();
            long since = in.readLong();
            Life life = new Life(worst, onset, in.readLong());
            life.since = since;
            life.lastSeen = in.readLong();
            life.normalWindows = in.readInt();
            life.offAgain = in.readLong();
            life.confirmed = in.readBoolean();
            detector.lives.put(worst.measure(), life);
        }
        return detector;
    }
}
