// OpenTelemetry for JavaScript, with the attributes of its conventions for generative AI.
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import { converse, functions, getForecast, getWeather, model, repeatedly, session, user } from './conversation.mjs';
import { counter, report } from './report.mjs';

const exporters = {
  'http/protobuf': '@opentelemetry/exporter-trace-otlp-proto',
  'http/json': '@opentelemetry/exporter-trace-otlp-http',
  grpc: '@opentelemetry/exporter-trace-otlp-grpc',
};
const packageName = exporters[process.env.OTEL_EXPORTER_OTLP_PROTOCOL];
const { OTLPTraceExporter } = await import(packageName);

const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
spanProcessors.push(counter);
const provider = new NodeTracerProvider({ spanProcessors });
provider.register();

const tracer = trace.getTracer('rain');
const openai = new OpenAI();

async function callModel(messages) {
  return tracer.startActiveSpan(`chat ${model}`, async (span) => {
    const answer = await openai.chat.completions.create({ model, messages, tools: functions });
    span.setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': model,
      'gen_ai.response.model': answer.model,
      'gen_ai.usage.input_tokens': answer.usage.prompt_tokens,
      'gen_ai.usage.cache_read.input_tokens': answer.usage.prompt_tokens_details.cached_tokens,
      'gen_ai.usage.output_tokens': answer.usage.completion_tokens,
      'gen_ai.usage.reasoning.output_tokens': answer.usage.completion_tokens_details.reasoning_tokens,
      'gen_ai.input.messages': JSON.stringify(messages),
      'gen_ai.output.messages': JSON.stringify([answer.choices[0].message]),
    });
    span.end();
    return answer.choices[0].message;
  });
}

const asTool = (name, run) => (argument) =>
  tracer.startActiveSpan(`execute_tool ${name}`, async (span) => {
    span.setAttributes({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name });
    try {
      return await run(argument);
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      throw error;
    } finally {
      span.end();
    }
  });

const tools = { get_weather: asTool('get_weather', getWeather), get_forecast: asTool('get_forecast', getForecast) };

await repeatedly(() =>
  tracer.startActiveSpan('invoke_agent rain', async (span) => {
    span.setAttributes({ 'gen_ai.operation.name': 'invoke_agent', 'user.id': user, 'gen_ai.conversation.id': session });
    await converse(callModel, tools);
    span.end();
  }),
);
report(packageName);
await provider.shutdown();
report(packageName);
