/**
 * A request's way: {@link io.millrace.ingest.http.Endpoint} names what it wants, {@link io.millrace.ingest.http.BodyReader}
 * counts what arrives, {@link io.millrace.ingest.http.Exchange} leads it through decoding and the log, and
 * {@link io.millrace.ingest.http.Refusal} is the one table of everything that can go wrong.
 */
@NullMarked
package io.millrace.ingest.http;

import org.jspecify.annotations.NullMarked;
