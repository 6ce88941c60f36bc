package io.millrace.bench.load;

/** Who sends: a service in one environment. */
record Service(String environment) {
    private static final String RELEASE = "2026.11.3";

    WireWriter resource() {
        WireWriter resource = new WireWriter();
        attribute(resource, "service.name", "support-desk");
        attribute(resource, "service.version", RELEASE);
        attribute(resource, "deployment.environment.name", environment);
        attribute(resource, "telemetry.sdk.language", "java");
        return resource;
    }

    Series series(SpanPlan plan) {
        Model model = plan.kind() == Kind.AGENT ? plan.second() : plan.model();
        return new Series(
                environment,
                plan.kind(),
                model == null ? "" : model.provider(),
                model == null ? "" : model.answered(),
                plan.name(),
                RELEASE);
    }

    private static void attribute(WireWriter resource, String key, String value) {
        WireWriter any = new WireWriter();
        any.string(1, value);
        WireWriter attribute = new WireWriter();
        attribute.string(1, key);
        attribute.message(2, any);
        resource.message(1, attribute);
    }
}
