package io.millrace.backing;

/** Chooses, when a test first asks. */
final class SharedStack {
    static final BackingStack STACK = of(System.getProperty(BackingStack.PROPERTY, "embedded"));

    private SharedStack() {}

    private static BackingStack of(String choice) {
        return switch (choice) {
            case "embedded" -> new EmbeddedBacking();
            case "containers" -> new ContainerBacking();
            default ->
                throw new IllegalArgumentException(BackingStack.PROPERTY + " is embedded or containers, not " + choice);
        };
    }
}
