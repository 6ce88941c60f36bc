package io.millrace.embedded;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when the broker's code wants to end the process, as it does after a fault that it cannot mend. Its own way
 * is to halt, without closing anything; ours is to tell who owns the process, once per wish.
 */
final class BrokerExit {
    private static final Logger LOGGER = LoggerFactory.getLogger(BrokerExit.class);
    private static final Set<Consumer<String>> LISTENERS = new CopyOnWriteArraySet<>();

    static {
        Exit.setExitProcedure(BrokerExit::refuse);
        Exit.setHaltProcedure(BrokerExit::refuse);
    }

    private BrokerExit() {}

    static void listen(Consumer<String> listener) {
        LISTENERS.add(listener);
    }

    static void forget(Consumer<String> listener) {
        LISTENERS.remove(listener);
    }

    private static void refuse(int status, @Nullable String message) {
        var reason = message == null ? "exit status " + status : message;
        LOGGER.atError().addKeyValue("status", status).log("the broker gave up: {}", reason);
        LISTENERS.forEach(listener -> listener.accept(reason));
        throw new IllegalStateException("the broker gave up: " + reason);
    }
}
