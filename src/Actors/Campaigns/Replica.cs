using System.Diagnostics;
using Akka.Actor;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>A pipeline as its supervisor sees it: one live copy of a run's network on the devices of one grant.</summary>
/// <param name="name">Its name.</param>
/// <param name="grant">The devices it has.</param>
/// <param name="run">The run whose network it holds.</param>
internal sealed class Replica(string name, DevicesGranted grant, PreparedRun run)
{
    private readonly SortedDictionary<int, LayerGroupStatus> _groups = [];
    private readonly List<ShardMeasured> _shards = [];
    private long _passes;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>The run whose network it holds.</summary>
    public PreparedRun Run => run;

    /// <summary>The devices it has, or is to have once it is opened again.</summary>
    public DevicesGranted Grant { get; set; } = grant;

    /// <summary>Where an operator wants each of its layer groups; null to have them placed.</summary>
    public IReadOnlyList<DeviceId>? Groups { get; set; }

    /// <summary>The worker that was asked to open it.</summary>
    public IActorRef Worker { get; set; } = ActorRefs.Nobody;

    /// <summary>The pipeline itself, once it is open.</summary>
    public IActorRef? Pipeline { get; set; }

    /// <summary>Who is on its devices: the pipeline from its first sign of life, open or not.</summary>
    public IActorRef? Occupant { get; set; }

    /// <summary>The folder of the checkpoint whose weights it holds, or held when it began with its work; null for the first weights.</summary>
    public string? Weights { get; set; }

    /// <summary>What it is at.</summary>
    public WorkItem? Work { get; private set; }

    /// <summary>The span of that; null where nobody listens.</summary>
    public Activity? Span { get; set; }

    /// <summary>How far it is with that.</summary>
    public WorkProgress? Progress { get; set; }

    /// <summary>Whether it is to be closed after the work in hand.</summary>
    public bool Leaving { get; set; }

    /// <summary>Whether it was told to end: it is gone once its actor has ended.</summary>
    public bool Closing { get; set; }

    /// <summary>Whether it is closed to be opened again elsewhere.</summary>
    public bool Moving { get; set; }

    /// <summary>When it last gave a sign of life, or was given work, by the supervisor's clock.</summary>
    public long LastSign { get; private set; }

    /// <summary>When it last got on with its work, or was asked to open.</summary>
    public long LastStep { get; private set; }

    /// <summary>Gives it work, or takes it away.</summary>
    public void SetWork(WorkItem? work, long now)
    {
        (Work, Progress, LastSign, LastStep) = (work, null, now, now);
        _shards.Clear();
    }

    /// <summary>Takes a part of what its slice was measured to be; the whole once all is there. A part that is lost is one answer lost: the pipeline will seem to stand still.</summary>
    public SliceMeasured? Gather(SliceMeasured part)
    {
        _shards.AddRange(part.Shards);
        return _shards.Count < Work!.Cells.Count ? null : part with { Shards = [.. _shards] };
    }

    /// <summary>Its work is done, is broken off, or has failed.</summary>
    public void EndSpan(ActivityStatusCode status = ActivityStatusCode.Unset)
    {
        Span?.SetStatus(status).Dispose();
        Span = null;
    }

    /// <summary>Takes a sign of life.</summary>
    public void OnPulse(PipelinePulse pulse, long now)
    {
        LastSign = now;
        if (Pipeline is not null && (pulse.Passes != _passes || Work is null))
        {
            (_passes, LastStep) = (pulse.Passes, now);
        }
    }

    /// <summary>Takes what a layer group says of itself.</summary>
    public void OnStatus(LayerGroupStatus status) => _groups[status.Group] = status;

    /// <summary>What there is to say of it.</summary>
    public PipelineStatus Status(CampaignId campaign) =>
        new(name, campaign, run.Id, Pipeline is null ? "opening" : Work?.Work.ToString(), Progress, [.. _groups.Values]);
}
