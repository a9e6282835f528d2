using Akka.Actor;
using Akka.Event;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Placement;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Nodes;

/// <summary>
/// A node's hands: opens pipelines on its devices for supervisors, and layer groups for pipelines of other nodes, wherever
/// those live. It owns what it opened; it ends each with whoever asked for it, and tells them when one fails.
/// </summary>
public sealed class WorkerActor : ReceiveActor, IWithTimers
{
    private readonly WorkerPlan _plan;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    // Each holds its campaign, whose images stay in memory for as long as anybody does.
    private readonly Dictionary<IActorRef, (string Name, IActorRef Client, PreparedCampaign Campaign)> _pipelines = [];
    private readonly Dictionary<IActorRef, (int Index, string Pipeline, IActorRef Owner)> _groups = [];
    private readonly HashSet<(string Pipeline, IActorRef Client)> _preparing = [];
    private readonly HashSet<IActorRef> _clients = [];
    private readonly HashSet<IActorRef> _interested = [];
    private int _opened;
    private IActorRef? _drainedFor;

    public WorkerActor(WorkerPlan plan)
    {
        _plan = plan;
        Receive<DescribeWorker>(_ =>
        {
            _interested.Add(Context.Watch(Sender));
            Describe(Sender);
        });
        Receive<OpenPipeline>(Prepare);
        Receive<PipelinePrepared>(Open);
        Receive<PipelineUnprepared>(Fail);
        Receive<OpenLayerGroup>(Open);
        Receive<Pulse>(_ => ShowLife());
        Receive<Drain>(_ => BeginToDrain());
        Receive<Terminated>(ended => Forget(ended.ActorRef));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Time to let clients know that the data of their pipelines are still being loaded.</summary>
    private sealed record Pulse : INoSerializationVerificationNeeded;

    /// <summary>Asks a worker to let what it does come to an end and to take nothing new. Answered with itself when nothing is left.</summary>
    internal sealed record Drain : INoSerializationVerificationNeeded
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>How to make one.</summary>
    public static Props Props(WorkerPlan plan) => Akka.Actor.Props.Create(() => new WorkerActor(plan));

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer("pulse", new Pulse(), PipelineActor.PulseInterval);

    /// <summary>What fails here is not mended here: whoever asked for it hears of it, and starts anew from the last checkpoint.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        _log.Error(error, "{0} failed", Sender.Path.Name);
        if (_pipelines.TryGetValue(Sender, out var pipeline))
        {
            pipeline.Client.Tell(error is PipelineLostException
                ? new PipelineLost(pipeline.Name, error.Message)
                : new PipelineFailed(pipeline.Name, error.Message, OfStorage: error is StorageException));
        }
        else if (_groups.TryGetValue(Sender, out var group))
        {
            group.Owner.Tell(new LayerGroupFailed(group.Index, error.Message, OfStorage: error is StorageException));
        }

        return Directive.Stop;
    });

    /// <summary>Loads the campaign's data, if nothing here has yet, without holding anybody up.</summary>
    private void Prepare(OpenPipeline open)
    {
        var client = Sender;
        if (_drainedFor is not null)
        {
            // Whoever gave it out has not heard of it, and would give it out again.
            TellInterested();
            client.Tell(new PipelineLost(open.Pipeline, $"{_plan.Node} is leaving"));
            return;
        }

        Watch(client);
        _preparing.Add((open.Pipeline, client));
        Task.Run(() => _plan.Prepare(open)).PipeTo(
            Self,
            success: prepared => new PipelinePrepared(open, prepared.Campaign, prepared.Context, prepared.Placement, client),
            failure: error => new PipelineUnprepared(open.Pipeline, error.GetBaseException().Message, client));
    }

    private void ShowLife()
    {
        foreach (var (pipeline, client) in _preparing)
        {
            client.Tell(new PipelinePulse(pipeline, Work: null, Passes: 0));
        }
    }

    private void Fail(PipelineUnprepared failed)
    {
        _preparing.Remove((failed.Pipeline, failed.Client));
        failed.Client.Tell(new PipelineFailed(failed.Pipeline, failed.Reason, OfStorage: false));
        AnswerIfDrained();
    }

    private void Open(PipelinePrepared prepared)
    {
        _preparing.Remove((prepared.Open.Pipeline, prepared.Client));
        if (!_clients.Contains(prepared.Client))
        {
            AnswerIfDrained();
            return;
        }

        var place = _plan.Place(prepared.Open, prepared.Context, prepared.Placement, prepared.Client, Context.System);
        var pipeline = Context.ActorOf(PipelineActor.Props(prepared.Context, prepared.Open.Checkpoint, place), $"pipeline-{_opened++}");
        _pipelines.Add(Context.Watch(pipeline), (prepared.Open.Pipeline, prepared.Client, prepared.Campaign));
        // By its own hand: the client is to know who is on the device from now on.
        prepared.Client.Tell(new PipelinePulse(prepared.Open.Pipeline, Work: null, Passes: 0), pipeline);
        _log.Info("pipeline {0} for {1} is opened", prepared.Open.Pipeline, prepared.Open.Run);
        TellIfLeaving(prepared.Client, prepared.Open.Pipeline);
    }

    private void Open(OpenLayerGroup open)
    {
        Watch(Sender);
        var group = Context.ActorOf(_plan.LayerGroup(_plan.Plan(open)), $"group-{_opened++}-{open.Index}");
        _groups.Add(Context.Watch(group), (open.Index, open.Pipeline, Sender));
        Sender.Tell(new LayerGroupOpened(open.Index), group);
        TellIfLeaving(Sender, open.Pipeline);
    }

    private void Watch(IActorRef client)
    {
        if (_clients.Add(client))
        {
            Context.Watch(client);
        }
    }

    private void Forget(IActorRef ended)
    {
        _pipelines.Remove(ended);
        _groups.Remove(ended);
        _interested.Remove(ended);
        if (_clients.Remove(ended))
        {
            foreach (var orphan in _pipelines.Where(pair => pair.Value.Client.Equals(ended)).Select(pair => pair.Key)
                .Concat(_groups.Where(pair => pair.Value.Owner.Equals(ended)).Select(pair => pair.Key)))
            {
                Context.Stop(orphan);
            }
        }

        AnswerIfDrained();
    }

    private void BeginToDrain()
    {
        _drainedFor = Sender;
        TellInterested();
        foreach (var (name, client, _) in _pipelines.Values)
        {
            client.Tell(new PipelineLeaving(name));
        }

        foreach (var (_, name, owner) in _groups.Values)
        {
            owner.Tell(new PipelineLeaving(name));
        }

        AnswerIfDrained();
    }

    private void Describe(IActorRef interested) => interested.Tell(new WorkerDescribed(_plan.Node, _plan.Devices, Leaving: _drainedFor is not null));

    private void TellInterested()
    {
        foreach (var interested in _interested)
        {
            Describe(interested);
        }
    }

    private void TellIfLeaving(IActorRef client, string pipeline)
    {
        if (_drainedFor is not null)
        {
            client.Tell(new PipelineLeaving(pipeline));
        }
    }

    private void AnswerIfDrained()
    {
        if (_pipelines.Count + _groups.Count + _preparing.Count == 0)
        {
            _drainedFor?.Tell(Drain.Instance);
        }
    }

    private sealed record PipelinePrepared(OpenPipeline Open, PreparedCampaign Campaign, RunContext Context, PlacementPlan? Placement, IActorRef Client) : INoSerializationVerificationNeeded;

    private sealed record PipelineUnprepared(string Pipeline, string Reason, IActorRef Client) : INoSerializationVerificationNeeded;
}
