package io.millrace.schema.webhook;

/**
 * A field that a mapping could not fill.
 *
 * @param index of the span in its delivery, from 0 on
 * @param field as the mapping names it
 * @param where the pointer or header that the value should have come from
 * @param detail what is wrong with the value, with nothing of it in the sentence
 */
public record MappingNote(int index, String field, String where, String detail) {}
