package io.millrace.standalone.doctor;

import java.util.List;

/**
 * Looks at one part of an installation, and changes nothing.
 *
 * @param subject what it looks at, for when it cannot
 */
public record Check(String subject, Look look) {
    /** How it looks. */
    @FunctionalInterface
    public interface Look {
        List<Finding> findings() throws Exception;
    }

    /** What it finds; that it could not look is a finding as well. */
    public List<Finding> run() {
        try {
            return look.findings();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(Finding.fail(subject + " was not looked at", "try again"));
        } catch (Exception e) {
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            return List.of(Finding.fail(subject + ": " + reason, "mend that, and look again"));
        }
    }
}
