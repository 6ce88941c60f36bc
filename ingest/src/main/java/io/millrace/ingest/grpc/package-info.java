/** The port for gRPC, which tells its callers that they are early. */
@NullMarked
package io.millrace.ingest.grpc;

import org.jspecify.annotations.NullMarked;
