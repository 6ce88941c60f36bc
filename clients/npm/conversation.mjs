// What every program does: an agent asks a model, calls the two tools that the model wants, of which one fails, and asks
// again. The model is whatever OPENAI_BASE_URL leads to. A program may be told how often, and how many milliseconds after
// one agent the next begins: node opentelemetry.mjs 40 1000. PICTURE, a data URI, is shown to the model with the question.

export const model = 'gpt-4o-mini';
export const user = 'user-ada';
export const session = 'session-rain';
export const question = 'Will it rain in Oslo, and in Atlantis?';
const picture = process.env.PICTURE;

export const functions = ['get_weather', 'get_forecast'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}));

export async function getWeather({ city }) {
  return `rain in ${city}`;
}

export async function getForecast({ city }) {
  throw new Error(`no forecast for ${city}`);
}

/** The agent; how it calls the model and each tool is up to the program. */
export async function converse(callModel, tools) {
  const image = { type: 'image_url', image_url: { url: picture } };
  const messages = [{ role: 'user', content: picture ? [{ type: 'text', text: question }, image] : question }];
  const wanted = await callModel(messages);
  messages.push(wanted);
  for (const call of wanted.tool_calls) {
    const argument = JSON.parse(call.function.arguments);
    const content = await tools[call.function.name](argument).catch((error) => error.message);
    messages.push({ role: 'tool', tool_call_id: call.id, content });
  }
  const answer = await callModel(messages);
  return answer.content;
}

/** Runs an agent as often as the program was told: once, then each at its time however long those before took. */
export async function repeatedly(agent) {
  const [times = 1, pauseMillis = 0] = process.argv.slice(2).map(Number);
  await agent();
  const begun = Date.now();
  for (let i = 1; i < times; i++) {
    await new Promise((resolve) => setTimeout(resolve, begun + i * pauseMillis - Date.now()));
    await agent();
  }
}
