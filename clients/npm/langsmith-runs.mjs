// LangSmith's SDK for JavaScript, in its own format.
import { Client } from 'langsmith';
import { traceable } from 'langsmith/traceable';
import { wrapOpenAI } from 'langsmith/wrappers';
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

const client = new Client();
const openai = wrapOpenAI(new OpenAI(), { client });

async function callModel(messages) {
  handedOver();
  const answer = await openai.chat.completions.create({ model, messages, tools: functions });
  return answer.choices[0].message;
}

function asTool(name, run) {
  const traced = traceable(run, { name, run_type: 'tool', client });
  return (argument) => {
    handedOver();
    return traced(argument);
  };
}

const tools = { get_weather: asTool('get_weather', getWeather), get_forecast: asTool('get_forecast', getForecast) };

const agent = traceable(async (asked) => converse(callModel, tools), {
  name: 'rain',
  run_type: 'chain',
  metadata: { user_id: user, session_id: session },
  client,
});
await repeatedly(() => {
  handedOver();
  return agent(question);
});
report('langsmith');
await client.awaitPendingTraceBatches();
report('langsmith');
