package io.millrace.query;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.lang.management.ManagementFactory;
import java.util.regex.Pattern;

/** Figures of the process that a service runs in, under the names that everybody's dashboards have: once a process. */
final class ProcessMetrics {
    /** What makes a pool's name unique in a process makes it new in the next one. */
    private static final Pattern UNIQUE = Pattern.compile("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");

    private ProcessMetrics() {}

    /** Puts them into a registry that is still empty and lasts as long as the process. */
    @SuppressWarnings("resource") // listens to the collector until the process ends
    static <T extends MeterRegistry> T into(T registry) {
        registry.config()
                // A gauge that ends in _count is taken for part of a histogram.
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"))
                // In nanoseconds; below it is in seconds, under the name that other languages' clients give it.
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.replaceTagValues(
                        "pool_name", name -> UNIQUE.matcher(name).replaceFirst("")));
        new JvmInfoMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu.seconds", system, bean -> bean.getProcessCpuTime() / 1e9)
                    .description("Time that the process has had a processor")
                    .register(registry);
        }
        return registry;
    }
}
