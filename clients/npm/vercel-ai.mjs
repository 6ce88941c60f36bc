// Vercel's AI SDK, which brings the agent: it calls model and tools by itself.
import { createOpenAI } from '@ai-sdk/openai';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { getForecast, getWeather, model, question, repeatedly, session, user } from './conversation.mjs';
import { counter, report } from './report.mjs';

const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
spanProcessors.push(counter);
const provider = new NodeTracerProvider({ spanProcessors });
provider.register();

const openai = createOpenAI();
const inputSchema = z.object({ city: z.string() });

const conversation = {
  model: openai.chat(model),
  prompt: question,
  tools: {
    get_weather: tool({ inputSchema, execute: getWeather }),
    get_forecast: tool({ inputSchema, execute: getForecast }),
  },
  stopWhen: stepCountIs(2),
  experimental_telemetry: {
    isEnabled: true,
    functionId: 'rain',
    metadata: { userId: user, sessionId: session },
  },
};

await repeatedly(async () => {
  await generateText(conversation);
  await streamText(conversation).consumeStream();
});
report('ai');
await provider.shutdown();
report('ai');
