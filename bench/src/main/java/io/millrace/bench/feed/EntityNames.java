package io.millrace.bench.feed;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Numbers ids, so that each client keeps a number for each rather than a text. Thread-safe. */
final class EntityNames {
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    int number(String id) {
        return numbers.computeIfAbsent(id, absent -> next.getAndIncrement());
    }
}
