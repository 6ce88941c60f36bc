package io.millrace.standalone.demo.scenario;

/**
 * How something fails.
 *
 * @param type {@code error.type}
 * @param message the status' description
 */
public record Failure(String type, String message) {}
