package io.millrace.ingest;

import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Watches the volume of the log. A log that fills its disk loses what it promised to keep, so nothing more is taken while
 * less than a tenth of it is free.
 */
final class FreeDisk {
    private static final Logger LOGGER = LoggerFactory.getLogger(FreeDisk.class);
    private static final double LEAST = 0.10;

    private final @Nullable DoubleSupplier share;
    private volatile boolean low;

    /** @param share the free share from 0 to 1; null when nothing is to be watched */
    FreeDisk(@Nullable DoubleSupplier share) {
        this.share = share;
    }

    /** Measures; may block for as long as the file system does. */
    void measure() {
        if (share == null) {
            return;
        }
        try {
            boolean now = share.getAsDouble() < LEAST;
            if (now != low) {
                LOGGER.atLevel(now ? Level.WARN : Level.INFO)
                        .log(now ? "disk is too full: nothing is taken" : "disk has room again");
            }
            low = now;
        } catch (RuntimeException unreadable) {
            LOGGER.atWarn().addKeyValue("reason", unreadable.toString()).log("free disk space cannot be measured");
        }
    }

    Optional<String> unreadiness() {
        return low ? Optional.of("less than a tenth of the log's volume is free") : Optional.empty();
    }
}
