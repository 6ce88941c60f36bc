package io.millrace.ingest.span;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.schema.span.Mark;
import io.millrace.schema.wire.Origin;

/** Where spans come from, while a dialect decodes it: texts are cleaned as those of a {@link SpanDraft} are. */
public final class OriginDraft {
    /** The single-valued texts of an origin, by their place in the wire contract. */
    public enum Field {
        SERVICE_NAME(Origin.SERVICE_NAME_FIELD_NUMBER),
        SERVICE_VERSION(Origin.SERVICE_VERSION_FIELD_NUMBER),
        ENVIRONMENT(Origin.ENVIRONMENT_FIELD_NUMBER),
        SCOPE_NAME(Origin.SCOPE_NAME_FIELD_NUMBER),
        SCOPE_VERSION(Origin.SCOPE_VERSION_FIELD_NUMBER);

        private final int wireNumber;

        Field(int wireNumber) {
            this.wireNumber = wireNumber;
        }
    }

    private final SpanLimits limits;
    private final TextCleaner cleaner;
    private final AttributeCopier copier;
    private final WireWriter out = new WireWriter(256);

    public OriginDraft(RequestContext context) {
        limits = context.limits();
        cleaner = new TextCleaner(context.masking());
        copier = new AttributeCopier(limits, cleaner);
    }

    /** Sets a text; the last one set counts. */
    public void text(Field field, byte[] source, int offset, int length) {
        cleaner.cleanColumn(source, offset, length, limits.maxFieldBytes());
        out.message(field.wireNumber, cleaner.bytes, cleaner.from, cleaner.length);
    }

    /**
     * Whether the project wants attributes of this key left out. What it wants kept as it is, is not masked until
     * {@link #endOfAttribute}.
     */
    public boolean denies(byte[] key, int offset, int length) {
        return cleaner.denies(key, offset, length);
    }

    /** Ends what {@link #denies} may have begun. */
    public void endOfAttribute() {
        cleaner.exempt = false;
    }

    /** Keeps an encoded {@code KeyValue} of the resource, while there is room. */
    public void resourceAttribute(byte[] source, int offset, int length) throws MalformedSpan {
        attribute(Origin.RESOURCE_ATTRIBUTES_FIELD_NUMBER, source, offset, length);
    }

    /** Keeps an encoded {@code KeyValue} of the scope, while there is room. */
    public void scopeAttribute(byte[] source, int offset, int length) throws MalformedSpan {
        attribute(Origin.SCOPE_ATTRIBUTES_FIELD_NUMBER, source, offset, length);
    }

    private void attribute(int field, byte[] source, int offset, int length) throws MalformedSpan {
        if (out.size() + (long) length > limits.maxOriginBytes()) {
            cleaner.marks |= Mark.TRUNCATED.bit();
            return;
        }
        copier.attribute(out, field, source, offset, length);
    }

    /** The marks that every span from here earns. */
    public int marks() {
        return cleaner.marks;
    }

    /**
     * @throws MalformedSpan when an attribute is no message after all
     */
    public Origin build() throws MalformedSpan {
        try {
            return Origin.parser().parseFrom(out.array(), 0, out.size());
        } catch (InvalidProtocolBufferException broken) {
            throw new MalformedSpan(RefusalReason.MALFORMED, "a resource attribute is malformed");
        }
    }
}
