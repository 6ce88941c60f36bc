package io.millrace.bench.load;

import java.util.Locale;

/** What the generated spans do. The codes are those of the {@code facts} table, stated a second time. */
public enum Kind {
    LLM(1, "chat"),
    EMBEDDING(2, "embeddings"),
    RETRIEVER(3, "retrieval"),
    TOOL(5, "execute_tool"),
    AGENT(6, "invoke_agent");

    private final int code;
    private final String operation;

    Kind(int code, String operation) {
        this.code = code;
        this.operation = operation;
    }

    /** The name that the API and the rows of windows use. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The {@code gen_ai.operation.name} that says so. */
    String operation() {
        return operation;
    }

    /**
     * @throws IllegalArgumentException for a kind that is never generated
     */
    public static Kind of(int code) {
        for (Kind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no span of kind " + code + " was generated");
    }
}
