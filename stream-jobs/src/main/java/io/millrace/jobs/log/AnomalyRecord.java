package io.millrace.jobs.log;

import com.google.protobuf.ByteString;
import io.millrace.jobs.detection.Anomaly;
import io.millrace.jobs.detection.Finding;
import io.millrace.jobs.detection.Judgement;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.AnomalyMessage;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records of {@code millrace.anomalies.v1}, keyed by project. */
final class AnomalyRecord {
    private AnomalyRecord() {}

    static ProducerRecord<byte[], byte[]> of(Anomaly anomaly) {
        Finding finding = anomaly.finding();
        Judgement worst = finding.worst();
        byte[] project = bytes(finding.series().project());
        AnomalyMessage message = AnomalyMessage.newBuilder()
                .setProject(ByteString.copyFrom(project))
                .setId(ByteString.copyFrom(bytes(anomaly.id())))
                .setEpoch(anomaly.epoch())
                .setN(anomaly.revision())
                .setIncident(ByteString.copyFrom(bytes(anomaly.incident())))
                .setCube(finding.series().cube().code())
                .addAllDims(finding.series().dims())
                .setMeasure(worst.measure().code())
                .setKind(worst.kind().code())
                .setState(finding.state().code())
                .setSeverity(anomaly.severity().code())
                .setObserved(worst.observed())
                .setExpected(worst.expected())
                .setLower(worst.lower())
                .setUpper(worst.upper())
                .setScore(worst.score())
                .setOnsetMillis(finding.onset())
                .setFirstSeenMillis(finding.firstSeen())
                .setLastSeenMillis(finding.lastSeen())
                .setEndedMillis(finding.ended())
                .setCauseCube(anomaly.cause().cube().code())
                .addAllCauseDims(anomaly.cause().dims())
                .setSentence(anomaly.sentence())
                .build();
        return new ProducerRecord<>(Topic.ANOMALIES.id(), project, message.toByteArray());
    }

    private static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }
}
