package io.millrace.query.metric;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.query.live.Decoder;
import io.millrace.query.live.LiveEvent;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import io.millrace.schema.wire.RollupMessage;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/** The channel {@code metrics}: windows of a cube, as they grow, close and are revised. */
public final class MetricChannel implements Decoder<RollupMessage> {
    private static final int ID_BYTES = 16;
    /** What an event weighs beside its message. */
    private static final int EVENT_BYTES = 500;

    private final LongConsumer streamTime;

    /**
     * @param streamTime is told whenever the jobs say how far their time has come, in seconds since the epoch
     */
    public MetricChannel(LongConsumer streamTime) {
        this.streamTime = streamTime;
    }

    @Override
    public Topic topic() {
        return Topic.ROLLUPS;
    }

    @Override
    public boolean isConflated() {
        return true;
    }

    @Override
    public Optional<LiveEvent<RollupMessage>> decode(int partition, long offset, byte[] value)
            throws InvalidProtocolBufferException {
        RollupMessage message = RollupMessage.parseFrom(value);
        if (message.hasStored()) {
            streamTime.accept(message.getStored().getUntilSeconds());
        }
        if (!message.hasValue() || message.getProject().size() != ID_BYTES || !isKnown(message)) {
            return Optional.empty();
        }
        if (message.getClosed()) {
            streamTime.accept(message.getWindowStartSeconds() + message.getWindowSeconds());
        }
        return Optional.of(new LiveEvent<>(
                uuid(message.getProject()),
                entity(message),
                new Revision(message.getGeneration(), message.getEpoch(), message.getN()),
                partition,
                offset,
                message,
                value.length + EVENT_BYTES));
    }

    /** A cube of a later version is left out. */
    private static boolean isKnown(RollupMessage message) {
        int code = message.getCube();
        return code >= 0
                && code < Cube.values().length
                && Cube.of(code).dimensions().size() == message.getDimsCount();
    }

    /** A window of a series: the cube, its dimensions' values, and the second at which the window starts. */
    private static String entity(RollupMessage message) {
        StringBuilder name = new StringBuilder(Cube.of(message.getCube()).name().toLowerCase(Locale.ROOT));
        for (String value : message.getDimsList()) {
            name.append('/').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
        return name.append('/').append(message.getWindowStartSeconds()).toString();
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    @Override
    public Selection<RollupMessage> select(Map<String, List<String>> filter) {
        return MetricSelection.parse(filter);
    }
}
