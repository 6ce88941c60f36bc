package io.millrace.jobs.wire;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

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

    /** Everything that reads and writes a value, as Flink wants to be told of it. */
    public ValueTypeInfo<T> typeInfo() {
        return new ValueTypeInfo<>(type, this);
    }

    /** Remembers the serializer's class only: its bytes carry their own version. */
    public static final class Snapshot<T> extends SimpleTypeSerializerSnapshot<T> {
        /** For restoring; the class is read from the snapshot. */
        public Snapshot() {
            super(() -> {
                throw new IllegalStateException("read before use");
            });
        }

        Snapshot(ValueSerializer<T> serializer) {
            super(() -> serializer);
        }
    }
}
