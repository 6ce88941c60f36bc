package io.millrace.query.project;

import com.google.protobuf.ByteString;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.ProjectEntry;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A project, as it is or is to be.
 *
 * @param retentionDays how long its facts are kept
 */
record Project(UUID id, String name, int retentionDays) {
    /** What the control topic says of it. */
    byte[] controlValue() {
        ProjectEntry entry = ProjectEntry.newBuilder()
                .setId(bytes(id))
                .setName(name)
                .setRetentionDays(retentionDays)
                .build();
        return ControlEntry.newBuilder().setProject(entry).build().toByteArray();
    }

    Project withRetention(int days) {
        return new Project(id, name, days);
    }

    static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }
}
