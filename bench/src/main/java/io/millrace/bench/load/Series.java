package io.millrace.bench.load;

/**
 * All dimensions of a generated span. Prompts are not generated: that dimension is always empty.
 *
 * @param provider empty where the span names none
 * @param model what the call's answer names; empty where the span names none
 */
public record Series(String environment, Kind kind, String provider, String model, String name, String release) {}
