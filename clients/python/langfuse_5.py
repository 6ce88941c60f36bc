"""Langfuse's SDK for Python from version 3 on, with its stand-in for OpenAI's client."""

from langfuse import get_client, observe, propagate_attributes
from langfuse.openai import OpenAI
from opentelemetry import trace

from conversation import FUNCTIONS, MODEL, QUESTION, SESSION, USER, converse, get_forecast, get_weather, rounds
from report import counter, report

langfuse = get_client()
trace.get_tracer_provider().add_span_processor(counter)

openai = OpenAI()


def call_model(messages):
    answer = openai.chat.completions.create(name="chat", model=MODEL, messages=messages, tools=FUNCTIONS)
    return answer.choices[0].message


tools = {
    "get_weather": observe(name="get_weather", as_type="tool")(get_weather),
    "get_forecast": observe(name="get_forecast", as_type="tool")(get_forecast),
}


@observe(name="rain", as_type="agent")
def agent(question):
    return converse(call_model, tools)


for _ in rounds():
    with propagate_attributes(user_id=USER, session_id=SESSION):
        agent(QUESTION)
report("langfuse")
langfuse.shutdown()
report("langfuse")
