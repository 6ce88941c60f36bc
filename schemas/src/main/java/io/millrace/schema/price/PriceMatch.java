package io.millrace.schema.price;

/**
 * An entry that a client's name for a model may mean.
 *
 * @param note how it was found, and under which name unless exactly
 */
record PriceMatch(PriceEntry entry, String note) {}
