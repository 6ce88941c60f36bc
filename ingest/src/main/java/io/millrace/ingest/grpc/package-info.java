/**
 * OTLP over gRPC: {@link io.millrace.ingest.grpc.GrpcCalls} tells calls apart, {@link io.millrace.ingest.grpc.GrpcMessage}
 * takes the message out of its frame, {@link io.millrace.ingest.grpc.GrpcReply} writes frame and status. Everything between
 * is done by {@link io.millrace.ingest.http.Exchange}, as for HTTP.
 */
@NullMarked
package io.millrace.ingest.grpc;

import org.jspecify.annotations.NullMarked;
