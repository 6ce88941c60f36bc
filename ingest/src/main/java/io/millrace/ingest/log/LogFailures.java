package io.millrace.ingest.log;

import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** What Kafka's exceptions mean to the edge. */
final class LogFailures {
    private LogFailures() {}

    static LogException translate(Exception error) {
        if (error instanceof BufferExhaustedException) {
            return new LogException(LogException.Cause.FULL, "too much waits for acknowledgement");
        }
        if (error instanceof TimeoutException) {
            return new LogException(LogException.Cause.TIMEOUT, "no acknowledgement in time");
        }
        return new LogException(LogException.Cause.FAILED, "the log answered with an error");
    }

    /** Whether a record was sent, or waited to be sent, and not acknowledged in the producer's time. */
    static boolean isExpiry(@Nullable Exception error) {
        return error instanceof TimeoutException && !(error instanceof BufferExhaustedException);
    }

    /** Whether the producer that met {@code error} can never succeed again, by the contract of idempotent producers. */
    static boolean isFinal(Exception error) {
        return error instanceof AuthenticationException
                || error instanceof AuthorizationException
                || error instanceof ProducerFencedException
                || error instanceof InvalidProducerEpochException
                || error instanceof OutOfOrderSequenceException
                || error instanceof UnsupportedVersionException
                || !(error instanceof ApiException);
    }
}
