package io.millrace.ingest.project;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.ingest.limit.Quota;
import io.millrace.ingest.limit.Rates;
import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.privacy.MaskingFactory;
import io.millrace.ingest.privacy.MaskingRules;
import io.millrace.ingest.span.BodySampling;
import io.millrace.ingest.webhook.WebhookSource;
import io.millrace.schema.webhook.SecretSeal;
import io.millrace.schema.wire.ApiKeyEntry;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.LimitsEntry;
import io.millrace.schema.wire.MaskingEntry;
import io.millrace.schema.wire.ProjectEntry;
import io.millrace.schema.wire.SamplingEntry;
import io.millrace.schema.wire.UsageEntry;
import io.millrace.schema.wire.WebhookEntry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Projects, keys and sources of webhooks by the entries of the control topic. One thread applies entries, any thread looks
 * up; an entry is seen by every look-up that begins after it was applied.
 */
public final class Directory {
    private static final int DEFAULT_RETENTION_DAYS = 30;
    private static final String WEBHOOK = "webhook/";

    private final Map<String, SecretHash> hashes = new ConcurrentHashMap<>();
    private final Map<SecretHash, ApiKey> keys = new ConcurrentHashMap<>();
    private final Map<UUID, ProjectEntry> projects = new ConcurrentHashMap<>();
    private final Map<UUID, Optional<Masking>> maskings = new ConcurrentHashMap<>();
    private final Map<UUID, ProjectLimits> limits = new ConcurrentHashMap<>();
    private final Map<UUID, UsageEntry> usages = new ConcurrentHashMap<>();
    private final Map<UUID, BodySampling> samplings = new ConcurrentHashMap<>();
    private final Map<String, Optional<WebhookSource>> sources = new ConcurrentHashMap<>();
    private final MaskingFactory maskingFactory;
    private final SecretSeal seal;

    private record ProjectLimits(Rates rates, long spansPerMonth) {
        static final ProjectLimits NONE = new ProjectLimits(Rates.NONE, 0);
    }

    /**
     * @param seal opens the secrets of webhooks
     */
    public Directory(MaskingFactory maskingFactory, SecretSeal seal) {
        this.maskingFactory = maskingFactory;
        this.seal = seal;
    }

    public Optional<ApiKey> key(SecretHash secret) {
        return Optional.ofNullable(keys.get(secret));
    }

    public Optional<Project> project(UUID id) {
        ProjectEntry entry = projects.get(id);
        if (entry == null) {
            return Optional.empty();
        }
        int days = entry.getRetentionDays() == 0 ? DEFAULT_RETENTION_DAYS : entry.getRetentionDays();
        ProjectLimits limited = limits.getOrDefault(id, ProjectLimits.NONE);
        return Optional.of(new Project(
                id,
                entry.getName(),
                Duration.ofDays(days),
                maskings.getOrDefault(id, Optional.of(Masking.NONE)),
                limited.rates(),
                quota(id, limited.spansPerMonth()),
                samplings.getOrDefault(id, BodySampling.ALL)));
    }

    private Quota quota(UUID project, long spansPerMonth) {
        if (spansPerMonth == 0) {
            return Quota.NONE;
        }
        UsageEntry usage = usages.getOrDefault(project, UsageEntry.getDefaultInstance());
        return new Quota(spansPerMonth, usage.getMonth(), usage.getSpans());
    }

    /** Whether there is a source of webhooks of this id, though it may be one that this edge does not understand. */
    public boolean knowsSource(String id) {
        return sources.containsKey(id);
    }

    /** The source of this id; empty when there is none, or when this edge cannot read it or open its secrets. */
    public Optional<WebhookSource> source(String id) {
        return sources.getOrDefault(id, Optional.empty());
    }

    int keyCount() {
        return keys.size();
    }

    /**
     * Takes one record of the topic. Entries of kinds that the edge has no use for are passed over.
     *
     * @param recordKey {@code project/UUID}, {@code key/UUID}, {@code masking/UUID}, {@code webhook/ID}, {@code limits/UUID},
     *     {@code usage/UUID} or {@code sampling/UUID}
     * @param value an encoded {@code ControlEntry}; null deletes
     * @throws MalformedEntry when the entry cannot be understood; nothing is changed then, but that a project whose masking
     *     rules they were has none that are known, and that a source of webhooks cannot be used
     */
    void apply(String recordKey, byte @Nullable [] value) throws MalformedEntry {
        if (value == null) {
            remove(recordKey);
            return;
        }
        try {
            ControlEntry entry = ControlEntry.parseFrom(value);
            switch (entry.getEntryCase()) {
                case PROJECT -> put(entry.getProject());
                case API_KEY -> put(recordKey, entry.getApiKey());
                case MASKING -> put(entry.getMasking());
                case WEBHOOK -> put(entry.getWebhook());
                case LIMITS -> put(entry.getLimits());
                case USAGE -> put(entry.getUsage());
                case SAMPLING -> put(entry.getSampling());
                default -> {}
            }
        } catch (InvalidProtocolBufferException | IllegalArgumentException unreadable) {
            throw new MalformedEntry(recordKey);
        }
    }

    private void put(ProjectEntry entry) {
        projects.put(uuid(entry.getId().toByteArray()), entry);
    }

    /** Rules that cannot be understood leave the project without any, and the edge does not take its spans. */
    private void put(MaskingEntry entry) {
        UUID project = uuid(entry.getProject().toByteArray());
        maskings.put(project, Optional.empty());
        maskings.put(project, Optional.of(maskingFactory.of(project, MaskingRules.of(entry))));
    }

    /** Limits that cannot be understood leave those that were known. */
    private void put(LimitsEntry entry) {
        limits.put(
                uuid(entry.getProject().toByteArray()),
                new ProjectLimits(Rates.of(entry.getRates()), entry.getSpansPerMonth()));
    }

    private void put(UsageEntry entry) {
        usages.put(uuid(entry.getProject().toByteArray()), entry);
    }

    /** A sample that cannot be is no reason to lose anything: that which was known holds, at first all. */
    private void put(SamplingEntry entry) {
        samplings.put(
                uuid(entry.getProject().toByteArray()),
                new BodySampling(entry.getBodySampling(), entry.getKeepErrors()));
    }

    /** A source that cannot be read is there all the same: its sender is to come again, and not to be told that it is not. */
    private void put(WebhookEntry entry) {
        try {
            UUID project = uuid(entry.getProject().toByteArray());
            sources.put(entry.getId(), Optional.of(WebhookSource.of(project, entry, seal)));
        } catch (IllegalArgumentException unreadable) {
            sources.put(entry.getId(), Optional.empty());
            throw unreadable;
        }
    }

    private void put(String recordKey, ApiKeyEntry entry) {
        SecretHash hash = SecretHash.of(entry.getSecretSha256().toByteArray());
        ApiKey key = new ApiKey(
                uuid(entry.getId().toByteArray()),
                uuid(entry.getProject().toByteArray()),
                entry.getPublicKey(),
                Set.copyOf(entry.getScopesList()),
                entry.getExpiresAtMillis(),
                Rates.of(entry.getLimits()));
        SecretHash before = hashes.put(recordKey, hash);
        keys.put(hash, key);
        if (before != null && !before.equals(hash)) {
            keys.remove(before);
        }
    }

    private void remove(String recordKey) {
        SecretHash hash = hashes.remove(recordKey);
        if (hash != null) {
            keys.remove(hash);
        }
        if (recordKey.startsWith(WEBHOOK)) {
            sources.remove(recordKey.substring(WEBHOOK.length()));
        }
        removeFrom(projects, "project/", recordKey);
        removeFrom(maskings, "masking/", recordKey);
        removeFrom(limits, "limits/", recordKey);
        removeFrom(usages, "usage/", recordKey);
        removeFrom(samplings, "sampling/", recordKey);
    }

    private static void removeFrom(Map<UUID, ?> entries, String prefix, String recordKey) {
        if (!recordKey.startsWith(prefix)) {
            return;
        }
        try {
            entries.remove(UUID.fromString(recordKey.substring(prefix.length())));
        } catch (IllegalArgumentException noProject) {
            // A tombstone for something that never was: nothing to forget.
        }
    }

    private static UUID uuid(byte[] bytes) {
        if (bytes.length != 16) {
            throw new IllegalArgumentException("a UUID of " + bytes.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** A record of the control topic that is no entry; names its key only. */
    static final class MalformedEntry extends Exception {
        private static final long serialVersionUID = 1;

        MalformedEntry(String recordKey) {
            super("malformed control entry " + recordKey);
        }
    }
}
