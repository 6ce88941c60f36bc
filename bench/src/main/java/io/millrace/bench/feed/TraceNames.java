package io.millrace.bench.feed;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Numbers trace ids, so that each client keeps a number for each rather than a text. Thread-safe. */
final class TraceNames {
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    int number(String trace) {
        return numbers.computeIfAbsent(trace, absent -> next.getAndIncrement());
    }
}
