package io.millrace.standalone.demo.scenario;

import io.millrace.standalone.demo.scenario.Incident.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** All that the synthetic application ever does, trace by trace: the same for the same seed and plan. */
public final class Application {
    private final IncidentPlan incidents;
    private final SplittableRandom random;
    private final Arrivals arrivals;
    private final Sessions sessions;

    public Application(long seed, IncidentPlan incidents) {
        this.incidents = incidents;
        this.random = new SplittableRandom(seed);
        this.arrivals = new Arrivals(random.split());
        this.sessions = new Sessions(random.split());
    }

    /** The next trace by its start. */
    public SimulatedTrace next() {
        Duration start = arrivals.next();
        // A generator of its own: what an incident does to one trace leaves all others as they are.
        RandomGenerator own = random.split();
        Deployment deployment = Deployment.at(own.nextDouble());
        Agent agent = Agent.at(own.nextDouble());
        Sessions.Session session = sessions.next();
        Visit visit = new Visit(
                deployment,
                agent,
                session.user(),
                session.id(),
                deployment == Deployment.PRODUCTION ? "11" : "12",
                Dialogues.of(agent, own));
        Optional<Incident> silence = incidents.striking(Kind.SILENCE, "environment", deployment.environment(), start);
        List<SimulatedSpan> spans = AgentRun.spans(visit, start, incidents, own);
        return new SimulatedTrace(deployment, spans, silence);
    }
}
