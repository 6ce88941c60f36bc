/** What tokens cost: the catalogue, how a price is found, and exact sums. */
@NullMarked
package io.millrace.schema.price;

import org.jspecify.annotations.NullMarked;
