"""What every program does: an agent asks a model, calls the two tools that the model wants, of which one fails, and asks
again. The model is whatever OPENAI_BASE_URL leads to. A program may be told how often, and how many milliseconds after one
agent the next begins: python opentelemetry_spans.py 40 1000. PICTURE, a data URI, is shown to the model with the question.
"""

import json
import os
import sys
import time

MODEL = "gpt-4o-mini"
USER = "user-ada"
SESSION = "session-rain"
QUESTION = "Will it rain in Oslo, and in Atlantis?"
PICTURE = os.environ.get("PICTURE")

FUNCTIONS = [
    {
        "type": "function",
        "function": {"name": name, "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
    }
    for name in ("get_weather", "get_forecast")
]


def get_weather(city):
    return f"rain in {city}"


def get_forecast(city):
    raise LookupError(f"no forecast for {city}")


def converse(call_model, tools):
    """The agent; how it calls the model and each tool is up to the program."""
    image = {"type": "image_url", "image_url": {"url": PICTURE}}
    messages = [{"role": "user", "content": [{"type": "text", "text": QUESTION}, image] if PICTURE else QUESTION}]
    wanted = call_model(messages)
    messages.append(wanted.model_dump(exclude_none=True))
    for call in wanted.tool_calls:
        try:
            content = tools[call.function.name](**json.loads(call.function.arguments))
        except LookupError as error:
            content = str(error)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
    return call_model(messages).content


def rounds():
    """As many as the program was told: one, then each at its time however long those before took."""
    times, pause_millis = (int(word) for word in sys.argv[1:3] or ("1", "0"))
    yield 0
    begun = time.monotonic()
    for i in range(1, times):
        time.sleep(max(0, begun + i * pause_millis / 1000 - time.monotonic()))
        yield i
