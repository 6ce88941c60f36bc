package io.millrace.ingest.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether requests can be taken at all: every part has to be ready. */
public final class Gate {
    /**
     * One thing that has to be ready.
     *
     * @param failure what requests are answered with while it is not
     * @param unreadiness why it is not; empty when it is
     */
    public record Part(String name, Failure failure, Supplier<Optional<String>> unreadiness) {}

    /** A part that is not ready, and why. */
    record Reason(String part, String reason) {}

    private final List<Part> parts;

    public Gate(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** @throws Refused when a part is not ready; the client learns which, but not the inner reason */
    void check() throws Refused {
        for (Part part : parts) {
            if (part.unreadiness().get().isPresent()) {
                throw part.failure().because("waiting for: " + part.name());
            }
        }
    }

    /** Why requests are not taken, a sentence per part; empty when they are. */
    public List<String> unreadiness() {
        return reasons().stream()
                .map(reason -> reason.part() + ": " + reason.reason())
                .toList();
    }

    /** Every part that is not ready. */
    List<Reason> reasons() {
        List<Reason> reasons = new ArrayList<>();
        for (Part part : parts) {
            part.unreadiness().get().ifPresent(reason -> reasons.add(new Reason(part.name(), reason)));
        }
        return reasons;
    }
}
