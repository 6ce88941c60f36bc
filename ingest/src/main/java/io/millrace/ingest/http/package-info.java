/**
 * A request's way: {@link io.millrace.ingest.http.Endpoint} names what it wants, {@link io.millrace.ingest.http.BodyReader}
 * counts what arrives, {@link io.millrace.ingest.http.Exchange} leads it through decoding and the log, and
 * {@link io.millrace.ingest.http.Failure} is the one table of everything that can go wrong. What differs between HTTP and gRPC
 * is behind {@link io.millrace.ingest.http.Protocol}.
 */
@NullMarked
package io.millrace.ingest.http;

import org.jspecify.annotations.NullMarked;
