"""LangSmith's SDK for Python, in its own format."""

from langsmith import Client, traceable
from langsmith.wrappers import wrap_openai
from openai import OpenAI

from conversation import FUNCTIONS, MODEL, QUESTION, SESSION, USER, converse, get_forecast, get_weather, rounds
from report import counter, report

client = Client()
openai = wrap_openai(OpenAI(), tracing_extra={"client": client})


def call_model(messages):
    counter.on_end()
    return openai.chat.completions.create(model=MODEL, messages=messages, tools=FUNCTIONS).choices[0].message


def as_tool(name, run):
    traced = traceable(run, name=name, run_type="tool", client=client)

    def counted(**arguments):
        counter.on_end()
        return traced(**arguments)

    return counted


tools = {"get_weather": as_tool("get_weather", get_weather), "get_forecast": as_tool("get_forecast", get_forecast)}


@traceable(name="rain", run_type="chain", metadata={"user_id": USER, "session_id": SESSION}, client=client)
def agent(question):
    counter.on_end()
    return converse(call_model, tools)


for _ in rounds():
    agent(QUESTION)
report("langsmith")
client.flush()
report("langsmith")
