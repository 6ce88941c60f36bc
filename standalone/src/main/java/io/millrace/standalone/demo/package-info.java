/**
 * A live synthetic application. It knows where spans are taken and a key, as any application would, and sends through the
 * OpenTelemetry SDK. What it does is made up in {@code scenario}; {@link Playback} lets it happen when its time has come.
 */
@NullMarked
package io.millrace.standalone.demo;

import org.jspecify.annotations.NullMarked;
