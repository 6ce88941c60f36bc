/**
 * What real clients lose when what takes their spans fails: each is run through an outage, and what is stored is compared with
 * what its SDK was handed, with what its connections were answered, and with what it is known to give up at best.
 */
@NullMarked
package io.millrace.bench.clients;

import org.jspecify.annotations.NullMarked;
