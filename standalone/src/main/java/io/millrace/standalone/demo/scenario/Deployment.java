package io.millrace.standalone.demo.scenario;

/** Where the application runs: most of it in production, where a new release sees a part of the users first. */
public enum Deployment {
    PRODUCTION("production", "2.7.1", 0.64),
    CANARY("production", "2.8.0", 0.22),
    STAGING("staging", "2.9.0-rc.1", 0.14);

    private final String environment;
    private final String release;
    private final double share;

    Deployment(String environment, String release, double share) {
        this.environment = environment;
        this.release = release;
        this.share = share;
    }

    /** {@code deployment.environment.name}. */
    public String environment() {
        return environment;
    }

    /** {@code service.version}. */
    public String release() {
        return release;
    }

    /** @param point from 0 to 1 */
    static Deployment at(double point) {
        double end = 0;
        for (Deployment deployment : values()) {
            end += deployment.share;
            if (point < end) {
                return deployment;
            }
        }
        return STAGING;
    }
}
