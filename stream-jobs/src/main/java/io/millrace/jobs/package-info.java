/**
 * The jobs. A span's way: {@code log} takes records apart, {@code pricing} prices, {@code assembly} merges and counts
 * once, {@code rollup} keeps windows, {@code ledger} keeps the books, {@code store} writes rows, {@code keeper} makes the
 * coarser grains.
 */
@NullMarked
package io.millrace.jobs;

import org.jspecify.annotations.NullMarked;
