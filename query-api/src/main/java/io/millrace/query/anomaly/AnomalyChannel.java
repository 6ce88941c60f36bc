package io.millrace.query.anomaly;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.query.http.Json;
import io.millrace.query.live.Decoder;
import io.millrace.query.live.LiveEvent;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.window.Revision;
import io.millrace.schema.wire.AnomalyMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The channel {@code anomalies}: an anomaly at each change that detection makes. What people did to it is not said here:
 * the state is that of detection, and there are no actions.
 */
public final class AnomalyChannel implements Decoder<Anomaly> {
    private static final int ID_BYTES = 16;
    /** What an event weighs beside its texts. */
    private static final int EVENT_BYTES = 1_000;

    @Override
    public Topic topic() {
        return Topic.ANOMALIES;
    }

    @Override
    public boolean isConflated() {
        return false;
    }

    @Override
    public Optional<LiveEvent<Anomaly>> decode(int partition, long offset, byte[] value)
            throws InvalidProtocolBufferException {
        AnomalyMessage message = AnomalyMessage.parseFrom(value);
        if (message.getProject().size() != ID_BYTES
                || message.getId().size() != ID_BYTES
                || message.getIncident().size() != ID_BYTES) {
            return Optional.empty();
        }
        Anomaly anomaly = anomaly(message);
        return Optional.of(new LiveEvent<>(
                uuid(message.getProject()),
                anomaly.id().toString(),
                new Revision(0, message.getEpoch(), message.getN()),
                partition,
                offset,
                anomaly,
                2 * value.length + EVENT_BYTES));
    }

    @Override
    public Selection<Anomaly> select(Map<String, List<String>> filter) {
        AnomalySelection selection = AnomalySelection.parse(filter);
        return new Selection<>() {
            @Override
            public boolean takes(Anomaly anomaly) {
                return selection.takes(anomaly);
            }

            @Override
            public String json(Anomaly anomaly) {
                return new String(Json.write(anomaly::write), StandardCharsets.UTF_8);
            }
        };
    }

    private static Anomaly anomaly(AnomalyMessage message) {
        return new Anomaly(
                uuid(message.getId()),
                uuid(message.getIncident()),
                ShownState.of(message.getState(), false, false),
                AnomalyKind.of(message.getKind()),
                Severity.of(message.getSeverity()),
                WatchedMeasure.of(message.getMeasure()),
                WatchedSeries.of(message.getCube(), message.getDimsList()),
                new Anomaly.Judgement(
                        message.getObserved(),
                        message.getExpected(),
                        message.getLower(),
                        message.getUpper(),
                        message.getScore()),
                new Anomaly.Life(
                        Instant.ofEpochMilli(message.getOnsetMillis()),
                        Instant.ofEpochMilli(message.getFirstSeenMillis()),
                        Instant.ofEpochMilli(message.getLastSeenMillis()),
                        message.getEndedMillis() == 0 ? null : Instant.ofEpochMilli(message.getEndedMillis())),
                WatchedSeries.of(message.getCauseCube(), message.getCauseDimsList()),
                message.getSentence(),
                List.of());
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
