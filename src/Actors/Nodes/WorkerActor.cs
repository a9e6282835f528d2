using Akka.Actor;
using Akka.Event;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Placement;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Nodes;

/// <summary>
/// A node's hands: opens pipelines on its devices for supervisors, and layer groups for pipelines of other nodes, wherever
/// those live. It owns what it opened; it ends each with whoever asked for it, and tells them when one fails.
/// </summary>
public sealed class WorkerActor : ReceiveActor
{
    private readonly WorkerPlan _plan;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<IActorRef, (string Name, IActorRef Client)> _pipelines = [];
    private readonly Dictionary<IActorRef, (int Index, string Pipeline, IActorRef Owner)> _groups = [];
    private readonly HashSet<IActorRef> _clients = [];
    private int _opened;
    private IActorRef? _drainedFor;

    public WorkerActor(WorkerPlan plan)
    {
        _plan = plan;
        Receive<DescribeWorker>(_ => Sender.Tell(new WorkerDescribed(plan.Node, plan.Devices, Leaving: _drainedFor is not null)));
        Receive<OpenPipeline>(Prepare);
        Receive<PipelinePrepared>(Open);
        Receive<PipelineUnprepared>(failed => failed.Client.Tell(new PipelineFailed(failed.Pipeline, failed.Reason, OfStorage: false)));
        Receive<OpenLayerGroup>(Open);
        Receive<Drain>(_ => BeginToDrain());
        Receive<Terminated>(ended => Forget(ended.ActorRef));
    }

    /// <summary>Asks a worker to let what it does come to an end and to take nothing new. Answered with itself when nothing is left.</summary>
    internal sealed record Drain : INoSerializationVerificationNeeded
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>How to make one.</summary>
    public static Props Props(WorkerPlan plan) => Akka.Actor.Props.Create(() => new WorkerActor(plan));

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
            client.Tell(new PipelineLost(open.Pipeline, $"{_plan.Node} is leaving"));
            return;
        }

        Watch(client);
        Task.Run(() => _plan.Prepare(open)).PipeTo(
            Self,
            success: prepared => new PipelinePrepared(open, prepared.Context, prepared.Placement, client),
            failure: error => new PipelineUnprepared(open.Pipeline, error.GetBaseException().Message, client));
    }

    private void Open(PipelinePrepared prepared)
    {
        if (!_clients.Contains(prepared.Client))
        {
            return;
        }

        var place = _plan.Place(prepared.Open, prepared.Context, prepared.Placement, prepared.Client, Context.System);
        var pipeline = Context.ActorOf(PipelineActor.Props(prepared.Context, prepared.Open.Checkpoint, place), $"pipeline-{_opened++}");
        _pipelines.Add(Context.Watch(pipeline), (prepared.Open.Pipeline, prepared.Client));
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
        foreach (var (name, client) in _pipelines.Values)
        {
            client.Tell(new PipelineLeaving(name));
        }

        foreach (var (_, name, owner) in _groups.Values)
        {
            owner.Tell(new PipelineLeaving(name));
        }

        AnswerIfDrained();
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
        if (_pipelines.Count + _groups.Count == 0)
        {
            _drainedFor?.Tell(Drain.Instance);
        }
    }

    private sealed record PipelinePrepared(OpenPipeline Open, RunContext Context, PlacementPlan? Placement, IActorRef Client) : INoSerializationVerificationNeeded;

    private sealed record PipelineUnprepared(string Pipeline, string Reason, IActorRef Client) : INoSerializationVerificationNeeded;
}
