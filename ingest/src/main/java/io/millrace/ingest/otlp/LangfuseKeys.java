package io.millrace.ingest.otlp;

/**
 * How Langfuse's SDKs on OpenTelemetry call what they send. The dialect of their predecessors is read as these attributes,
 * so that a call is stored alike whichever of both reports it.
 */
public final class LangfuseKeys {
    public static final String TYPE = "langfuse.observation.type";
    public static final String MODEL = "langfuse.observation.model.name";
    public static final String MODEL_PARAMETERS = "langfuse.observation.model.parameters";
    public static final String INPUT = "langfuse.observation.input";
    public static final String OUTPUT = "langfuse.observation.output";
    public static final String USAGE_DETAILS = "langfuse.observation.usage_details";
    public static final String COST_DETAILS = "langfuse.observation.cost_details";
    public static final String LEVEL = "langfuse.observation.level";
    public static final String STATUS_MESSAGE = "langfuse.observation.status_message";
    public static final String PROMPT_NAME = "langfuse.observation.prompt.name";
    public static final String PROMPT_VERSION = "langfuse.observation.prompt.version";
    public static final String SESSION_ID = "langfuse.session.id";
    public static final String USER_ID = "langfuse.user.id";
    public static final String TAGS = "langfuse.trace.tags";
    public static final String ENVIRONMENT = "langfuse.environment";
    public static final String RELEASE = "langfuse.release";
    public static final String VERSION = "langfuse.version";

    /** What else an observation has begins so. */
    public static final String OBSERVATION = "langfuse.observation.";

    /** What else a trace has begins so. */
    public static final String TRACE = "langfuse.trace.";

    /** Behind {@link #OBSERVATION} or {@link #TRACE}; the keys of the metadata follow behind a dot. */
    public static final String METADATA = "metadata";

    private LangfuseKeys() {}
}
