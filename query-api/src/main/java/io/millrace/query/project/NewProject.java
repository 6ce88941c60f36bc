package io.millrace.query.project;

import com.google.protobuf.ByteString;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.ProjectEntry;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A project about to be made.
 *
 * @param retentionDays how long its facts are kept
 */
record NewProject(UUID id, String name, int retentionDays) {
    /** What the control topic says of it. */
    byte[] controlValue() {
        ProjectEntry entry = ProjectEntry.newBuilder()
                .setId(bytes(id))
                .setName(name)
                .setRetentionDays(retentionDays)
                .build();
        return ControlEntry.newBuilder().setProject(entry).build().toByteArray();
    }

    static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }
}
