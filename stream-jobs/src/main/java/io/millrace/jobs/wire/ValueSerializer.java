package io.millrace.jobs.wire;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * A serializer of an immutable value: copies are the value itself. A subclass has a public constructor without
 * arguments, by which a restored state finds it.
 *
 * @param <T> the value
 */
public abstract class ValueSerializer<T> extends TypeSerializerSingleton<T> {
    private static final long serialVersionUID = 1L;

    private final Class<T> type;

    protected ValueSerializer(Class<T> type) {
        this.type = type;
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public T createInstance() {
        throw new IllegalStateException(type.getSimpleName() + " has no empty instance");
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return new Snapshot<>(this);
    }

    /** A length and as many bytes. */
    public static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** What {@link #writeBytes} wrote. */
    public static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    /** Everything that reads and writes a value, as Flink wants to be told of it. */
    public ValueTypeInfo<T> typeInfo() {
        return new ValueTypeInfo<>(type, this);
    }

    /** Remembers the serializer's class only: its bytes carry their own version. */
    public static final class Snapshot<T> implements TypeSerializerSnapshot<T> {
        private static final int VERSION = 1;

        private @Nullable ValueSerializer<T> serializer;

        /** For restoring. */
        public Snapshot() {}

        Snapshot(ValueSerializer<T> serializer) {
            this.serializer = serializer;
        }

        @Override
        public int getCurrentVersion() {
            return VERSION;
        }

        @Override
        public void writeSnapshot(DataOutputView out) throws IOException {
            out.writeUTF(restoreSerializer().getClass().getName());
        }

        @Override
        @SuppressWarnings("unchecked") // the name was written by a serializer of this type
        public void readSnapshot(int version, DataInputView in, ClassLoader classLoader) throws IOException {
            String name = in.readUTF();
            try {
                serializer = (ValueSerializer<T>) Class.forName(name, true, classLoader)
                        .asSubclass(ValueSerializer.class)
                        .getConstructor()
                        .newInstance();
            } catch (ReflectiveOperationException | ClassCastException e) {
                throw new IOException("state was written by " + name + ", which is not here", e);
            }
        }

        @Override
        public ValueSerializer<T> restoreSerializer() {
            ValueSerializer<T> known = serializer;
            if (known == null) {
                throw new IllegalStateException("a snapshot that was not read");
            }
            return known;
        }

        @Override
        public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(TypeSerializerSnapshot<T> old) {
            return old instanceof Snapshot<T> other
                            && other.restoreSerializer().getClass()
                                    == restoreSerializer().getClass()
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.incompatible();
        }
    }
}
