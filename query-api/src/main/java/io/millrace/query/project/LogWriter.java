package io.millrace.query.project;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/** Writes to the log until another one is made, in whatever process: what this one has under way is refused from then on. */
final class LogWriter implements AutoCloseable {
    /** What is not written by then is refused, or sent again behind it. */
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private final Producer<String, byte[]> producer;

    private LogWriter(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Ends all writers that were made before. Blocks.
     *
     * @param producer with their transactional id
     */
    static LogWriter succeedingAll(Producer<String, byte[]> producer) {
        LogWriter writer = new LogWriter(producer);
        try {
            producer.initTransactions();
            return writer;
        } catch (KafkaException failed) {
            writer.close();
            throw failed;
        }
    }

    /** Returns when the log has all of them, in their order. After a failure it may have some, and the writer is to be closed. */
    void write(List<ProducerRecord<String, byte[]>> records) {
        producer.beginTransaction();
        records.forEach(producer::send);
        producer.commitTransaction();
    }

    /** Whether a writer failed because another one was made after it. */
    static boolean isSucceeded(@Nullable Throwable failure) {
        return failure instanceof ProducerFencedException
                || failure instanceof InvalidProducerEpochException
                || failure != null && isSucceeded(failure.getCause());
    }

    @Override
    public void close() {
        producer.close(CLOSING);
    }
}
