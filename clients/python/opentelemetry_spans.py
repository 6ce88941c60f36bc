"""OpenTelemetry for Python, with the attributes of its conventions for generative AI."""

import json
import os
from importlib import import_module

from openai import OpenAI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from conversation import FUNCTIONS, MODEL, SESSION, USER, converse, get_forecast, get_weather, rounds
from report import counter, report

EXPORTERS = {"http/protobuf": "opentelemetry-exporter-otlp-proto-http", "grpc": "opentelemetry-exporter-otlp-proto-grpc"}
package = EXPORTERS[os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"]]
OTLPSpanExporter = import_module(package.replace("-", ".") + ".trace_exporter").OTLPSpanExporter

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
provider.add_span_processor(counter)
trace.set_tracer_provider(provider)

tracer = trace.get_tracer("rain")
openai = OpenAI()


def call_model(messages):
    with tracer.start_as_current_span(f"chat {MODEL}") as span:
        answer = openai.chat.completions.create(model=MODEL, messages=messages, tools=FUNCTIONS)
        message = answer.choices[0].message
        span.set_attributes({
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": MODEL,
            "gen_ai.response.model": answer.model,
            "gen_ai.usage.input_tokens": answer.usage.prompt_tokens,
            "gen_ai.usage.cache_read.input_tokens": answer.usage.prompt_tokens_details.cached_tokens,
            "gen_ai.usage.output_tokens": answer.usage.completion_tokens,
            "gen_ai.usage.reasoning.output_tokens": answer.usage.completion_tokens_details.reasoning_tokens,
            "gen_ai.input.messages": json.dumps(messages),
            "gen_ai.output.messages": json.dumps([message.model_dump(exclude_none=True)]),
        })
        return message


def as_tool(name, run):
    def traced(**arguments):
        with tracer.start_as_current_span(f"execute_tool {name}") as span:
            span.set_attributes({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name})
            return run(**arguments)

    return traced


tools = {"get_weather": as_tool("get_weather", get_weather), "get_forecast": as_tool("get_forecast", get_forecast)}

for _ in rounds():
    with tracer.start_as_current_span("invoke_agent rain") as agent:
        agent.set_attributes({
            "gen_ai.operation.name": "invoke_agent",
            "user.id": USER,
            "gen_ai.conversation.id": SESSION,
        })
        converse(call_model, tools)
report(package)
provider.shutdown()
report(package)
