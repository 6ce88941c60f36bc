"""OpenLLMetry's instrumentation of OpenAI for Python, beside spans that the application makes itself."""

from openai import OpenAI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from conversation import FUNCTIONS, MODEL, SESSION, USER, converse, get_forecast, get_weather, rounds
from report import counter, report

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
provider.add_span_processor(counter)
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()

tracer = trace.get_tracer("rain")
openai = OpenAI()


def call_model(messages):
    return openai.chat.completions.create(model=MODEL, messages=messages, tools=FUNCTIONS).choices[0].message


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
report("opentelemetry-instrumentation-openai")
provider.shutdown()
report("opentelemetry-instrumentation-openai")
