// OpenInference's instrumentation of OpenAI for JavaScript.
import { context } from '@opentelemetry/api';
import { setSession, setUser, traceAgent, traceTool } from '@arizeai/openinference-core';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import OpenAI from 'openai';
import {
  converse,
  functions,
  getForecast,
  getWeather,
  model,
  question,
  repeatedly,
  session,
  user,
} from './conversation.mjs';
import { counter, report } from './report.mjs';

const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
spanProcessors.push(counter);
const provider = new NodeTracerProvider({ spanProcessors });
provider.register();
new OpenAIInstrumentation().manuallyInstrument(OpenAI);

const openai = new OpenAI();

async function callModel(messages) {
  const answer = await openai.chat.completions.create({ model, messages, tools: functions });
  return answer.choices[0].message;
}

const tools = {
  get_weather: traceTool(getWeather, { name: 'get_weather' }),
  get_forecast: traceTool(getForecast, { name: 'get_forecast' }),
};

const agent = traceAgent(async (asked) => converse(callModel, tools), { name: 'rain' });
const inSession = setUser(setSession(context.active(), { sessionId: session }), { userId: user });
await repeatedly(() => context.with(inSession, () => agent(question)));
report('@arizeai/openinference-instrumentation-openai');
await provider.shutdown();
report('@arizeai/openinference-instrumentation-openai');
