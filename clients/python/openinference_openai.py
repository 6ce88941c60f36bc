"""OpenInference's instrumentation of OpenAI for Python."""

from openai import OpenAI
from openinference.instrumentation import OITracer, TraceConfig, using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from conversation import FUNCTIONS, MODEL, QUESTION, SESSION, USER, converse, get_forecast, get_weather, rounds
from report import counter, report

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
provider.add_span_processor(counter)
OpenAIInstrumentor().instrument(tracer_provider=provider)

tracer = OITracer(provider.get_tracer("rain"), TraceConfig())
openai = OpenAI()


def call_model(messages):
    return openai.chat.completions.create(model=MODEL, messages=messages, tools=FUNCTIONS).choices[0].message


tools = {
    "get_weather": tracer.tool(name="get_weather")(get_weather),
    "get_forecast": tracer.tool(name="get_forecast")(get_forecast),
}


@tracer.agent(name="rain")
def agent(question):
    return converse(call_model, tools)


for _ in rounds():
    with using_attributes(session_id=SESSION, user_id=USER):
        agent(QUESTION)
report("openinference-instrumentation-openai")
provider.shutdown()
report("openinference-instrumentation-openai")
