// The line that a program prints when it has handed over everything, and again when the SDK has sent all it had: the SDK and
// its version, the spans that it was handed, and what it complained of.
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { readFileSync } from 'node:fs';

const complaints = [];
let spans = 0;

const complain = (...words) => complaints.push(words.map(String).join(' '));
console.warn = complain;
console.error = complain;
diag.setLogger({ error: complain, warn: complain, info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN);

/** Counts what a program hands over itself, one call a span. */
export function handedOver() {
  spans++;
}

/** Counts what OpenTelemetry hands to its exporters. */
export const counter = {
  onStart() {},
  onEnd: handedOver,
  forceFlush: async () => {},
  shutdown: async () => {},
};

export function report(packageName) {
  const manifest = new URL(`node_modules/${packageName}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest));
  process.stdout.write(`${JSON.stringify({ client: packageName, version, spans, complaints })}\n`);
}
