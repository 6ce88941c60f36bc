// Langfuse's classic SDK for JavaScript.
import { Langfuse } from 'langfuse';
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
import { handedOver, report } from './report.mjs';

const langfuse = new Langfuse();
langfuse.on('error', (error) => console.error(error));
langfuse.on('warning', (warning) => console.warn(warning));

// What it hashes pictures with is not there yet in the turn in which it was loaded.
await new Promise(setImmediate);

const openai = new OpenAI();
await repeatedly(async () => {
  const trace = langfuse.trace({ name: 'rain', userId: user, sessionId: session, input: question });
  const agent = trace.span({ name: 'rain', input: question });
  handedOver();

  async function callModel(messages) {
    const generation = agent.generation({ name: 'chat', model, input: messages });
    handedOver();
    const { choices, usage } = await openai.chat.completions.create({ model, messages, tools: functions });
    generation.end({ output: choices[0].message, usageDetails: usage });
    return choices[0].message;
  }

  const asTool = (name, run) => async (argument) => {
    const span = agent.span({ name, input: argument });
    handedOver();
    try {
      const output = await run(argument);
      span.end({ output });
      return output;
    } catch (error) {
      span.end({ level: 'ERROR', statusMessage: error.message });
      throw error;
    }
  };

  const tools = { get_weather: asTool('get_weather', getWeather), get_forecast: asTool('get_forecast', getForecast) };

  const answer = await converse(callModel, tools);
  agent.end({ output: answer });
  trace.update({ output: answer });
});
report('langfuse');
await langfuse.shutdownAsync();
report('langfuse');
