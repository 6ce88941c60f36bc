package io.millrace.backing;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/** The engine that runs the containers, and what it is told to run. */
final class DockerEngine {
    private DockerEngine() {}

    /** Ends with status 1 if there is no engine: the build asks before it runs any test on containers. */
    public static void main(String[] arguments) {
        try {
            require();
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Does nothing if an engine answers.
     *
     * @throws IllegalStateException if none does, or one that is of no use; the message says what to do
     */
    static void require() {
        if (!answers()) {
            throw new IllegalStateException("The tests were asked to run on containers, but no Docker engine answers:"
                    + " start one or set DOCKER_HOST, or leave out --containers (-Pcontainers).");
        }
    }

    private static boolean answers() {
        try {
            return DockerClientFactory.instance().isDockerAvailable();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "A Docker engine answers, but Testcontainers cannot work with it: " + e.getMessage()
                            + " (CONTRIBUTING.md says what can be set).",
                    e);
        }
    }

    /** Where published ports are. */
    static String host() {
        return DockerClientFactory.instance().dockerHostIpAddress();
    }

    /** The image that a variable of the environment names, or the default. */
    static DockerImageName image(String variable, String usual) {
        String wanted = System.getenv(variable);
        return DockerImageName.parse(wanted == null || wanted.isBlank() ? usual : wanted);
    }
}
