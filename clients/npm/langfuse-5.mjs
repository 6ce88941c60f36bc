// Langfuse's SDK for JavaScript from version 4 on, which builds on OpenTelemetry.
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { propagateAttributes, startActiveObservation } from '@langfuse/tracing';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
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

const spanProcessors = [new LangfuseSpanProcessor()];
spanProcessors.push(counter);
const provider = new NodeTracerProvider({ spanProcessors });
provider.register();

const openai = new OpenAI();

async function callModel(messages) {
  return startActiveObservation(
    'chat',
    async (generation) => {
      const { choices, usage } = await openai.chat.completions.create({ model, messages, tools: functions });
      const { cached_tokens: cached } = usage.prompt_tokens_details;
      const { reasoning_tokens: reasoning } = usage.completion_tokens_details;
      generation.update({
        model,
        input: messages,
        output: choices[0].message,
        usageDetails: {
          input: usage.prompt_tokens - cached,
          input_cached_tokens: cached,
          output: usage.completion_tokens - reasoning,
          output_reasoning_tokens: reasoning,
        },
      });
      return choices[0].message;
    },
    { asType: 'generation' },
  );
}

const asTool = (name, run) => (argument) =>
  startActiveObservation(
    name,
    async (tool) => {
      tool.update({ input: argument });
      try {
        const output = await run(argument);
        tool.update({ output });
        return output;
      } catch (error) {
        tool.update({ level: 'ERROR', statusMessage: error.message });
        throw error;
      }
    },
    { asType: 'tool' },
  );

const tools = { get_weather: asTool('get_weather', getWeather), get_forecast: asTool('get_forecast', getForecast) };

await repeatedly(() =>
  startActiveObservation(
    'rain',
    async (agent) => {
      agent.update({ input: question });
      await propagateAttributes({ userId: user, sessionId: session }, async () => {
        agent.update({ output: await converse(callModel, tools) });
      });
    },
    { asType: 'agent' },
  ),
);
report('@langfuse/otel');
await provider.shutdown();
report('@langfuse/otel');
