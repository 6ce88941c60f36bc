package io.millrace.query.sampling;

import com.google.protobuf.ByteString;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.RequestBody;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.SamplingEntry;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.UUID;

/**
 * Of which of its traces a project keeps the bodies of spans.
 *
 * @param bodies the share of traces, from 0 to 1
 * @param keepErrors whether spans in error keep theirs in any trace
 */
record Sampling(double bodies, boolean keepErrors) {
    private static final String BODIES = "body_sampling";
    private static final String KEEP_ERRORS = "keep_errors";

    static final Set<String> FIELDS = Set.of(BODIES, KEEP_ERRORS);

    /** All are kept. */
    static final Sampling ALL = new Sampling(1, true);

    /**
     * What a request asks for; what it does not say is as it is at the start.
     *
     * @throws Problem that names the field which cannot be
     */
    static Sampling of(RequestBody body) {
        return new Sampling(body.share(BODIES, ALL.bodies()), body.truth(KEEP_ERRORS, ALL.keepErrors()));
    }

    byte[] json() {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeNumberField(BODIES, bodies);
            out.writeBooleanField(KEEP_ERRORS, keepErrors);
            out.writeEndObject();
        });
    }

    /** What the control topic says of it. */
    byte[] controlValue(UUID project) {
        SamplingEntry entry = SamplingEntry.newBuilder()
                .setProject(ByteString.copyFrom(ByteBuffer.allocate(16)
                        .putLong(project.getMostSignificantBits())
                        .putLong(project.getLeastSignificantBits())
                        .array()))
                .setBodySampling(bodies)
                .setKeepErrors(keepErrors)
                .build();
        return ControlEntry.newBuilder().setSampling(entry).build().toByteArray();
    }
}
