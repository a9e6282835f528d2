using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Telemetry;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Snn.Checkpoints;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>
/// Works through one campaign: knows from its journal what is done, gives the next piece of work to the live pipeline,
/// and journals each fact before anything follows from it. One pipeline at a time; when one fails, a new one starts from
/// the last checkpoint, a bounded number of times for each piece of work.
/// </summary>
public sealed class CampaignSupervisor : ReceivePersistentActor, IWithTimers
{
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromMinutes(1);

    private readonly PreparedCampaign _campaign;
    private readonly ICampaignObserver _observer;
    private readonly Func<LayerGroupPlan, Props>? _layerGroup;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<(RunId, string), int> _attempts = [];
    private readonly HashSet<RunId> _givenUp = [];

    private CampaignState _state = CampaignState.Empty;
    private IActorRef _telemetry = ActorRefs.Nobody;
    private IActorRef _client = ActorRefs.Nobody;
    private IActorRef? _pipeline;
    private PreparedRun? _pipelineRun;
    private WorkItem? _work;
    private int _pipelinesStarted;

    public CampaignSupervisor(PreparedCampaign campaign, ICampaignObserver observer, Func<LayerGroupPlan, Props>? layerGroup)
    {
        (_campaign, _observer, _layerGroup) = (campaign, observer, layerGroup);
        Recover<ICampaignFact>(fact => Learn(fact, recovered: true));
        Command<StartCampaign>(_ => Start());
        Command<StopCampaign>(_ => End());
    }

    /// <inheritdoc/>
    public override string PersistenceId => CampaignHistory.JournalId;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="observer">Who hears how it goes.</param>
    /// <param name="layerGroup">How layer-group actors are made; <see cref="LayerGroupActor.Props"/> but in tests.</param>
    public static Props Props(PreparedCampaign campaign, ICampaignObserver observer, Func<LayerGroupPlan, Props>? layerGroup = null) =>
        Akka.Actor.Props.Create(() => new CampaignSupervisor(campaign, observer, layerGroup));

    /// <inheritdoc/>
    protected override void PreStart() => _telemetry = Context.ActorOf(TelemetryAggregator.Props(_campaign, _observer), "telemetry");

    /// <summary>A failed pipeline is not restarted in place: it is replaced from the last checkpoint, after the failure is journalled.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (Sender.Equals(_telemetry))
        {
            // Without it nothing would ever answer the client: the campaign ends here, and goes on another time.
            _client.Tell(new Status.Failure(error));
            return Directive.Stop;
        }

        _log.Error(error, "a pipeline failed");
        Self.Tell(new PipelineFailed(Sender, error.Message));
        return Directive.Stop;
    });

    private void Start()
    {
        _client = Sender;
        if (_state.Accepted is null)
        {
            Record(new CampaignAccepted(_campaign.Identity.Hash, _campaign.Identity.Json), BecomeWorking);
        }
        else if (_state.Accepted.ConfigurationHash == _campaign.Identity.Hash)
        {
            BecomeWorking();
        }
        else
        {
            _client.Tell(new CampaignEnded(null, Refusal(_state.Accepted)));
        }
    }

    private string Refusal(CampaignAccepted accepted)
    {
        var change = CampaignIdentity.FirstDifference(accepted.Configuration, _campaign.Identity.Json);
        return $"{_campaign.Job.OutputFolder}: belongs to a campaign with another configuration: {change?.Key} was {change?.Before} and is now {change?.After}; give another folder, or the old value";
    }

    private void BecomeWorking()
    {
        Become(() =>
        {
            Command<EpochTrained>(fact => _work!.IsAnsweredBy(fact), OnEpochTrained);
            Command<ShardMeasured>(fact => _work!.IsAnsweredBy(fact), shard => RecordMeasured(shard, GoOn));
            Command<LinkMeasured>(fact => _work!.IsAnsweredBy(fact), OnLinkMeasured);
            Command<WorkProgress>(progress => _telemetry.Tell(new ProgressMade(_work!.Update(progress))));
            Command<LayerGroupStatus>(_ => { });
            Command<PipelineFailed>(OnPipelineFailed);
            Command<RetryWork>(_ => GoOn());
            Command<StopCampaign>(_ => End());
        });
        GoOn();
    }

    /// <summary>Gives out the next piece of work, or ends.</summary>
    private void GoOn()
    {
        _work = NextPossibleWork();
        if (_work is null)
        {
            Finish();
            return;
        }

        if (_pipeline is null || _pipelineRun != _work.Run)
        {
            StopPipeline();
            StartPipeline(_work.Run);
        }

        _pipeline.Tell(_work.Work);
    }

    private void OnEpochTrained(EpochTrained trained) => Record(trained, () =>
    {
        // The last two stay: the one to go on from, and one to fall back to.
        foreach (var old in _state.EpochsOf(trained.Run).Values.Where(epoch => epoch.Epoch < trained.Epoch - 1))
        {
            Checkpoint.Delete(old.Checkpoint, _campaign.Job.OutputFolder);
        }

        GoOn();
    });

    private void OnLinkMeasured(LinkMeasured measured) => RecordMeasured(measured, () =>
    {
        // As with checkpoints the last two stay, and none once the chain is through.
        var (chain, last) = (measured.Link.Chain, measured.Link.Index);
        var finished = last == _work!.Run.Shards - 1;
        foreach (var (link, statistics) in _state.Links.Where(entry => entry.Key.Chain == chain && (finished || entry.Key.Index < last - 1)))
        {
            Checkpoint.Delete(statistics, _campaign.Job.OutputFolder);
        }

        GoOn();
    });

    /// <summary>Journals what was measured, together with the cells that it completes.</summary>
    private void RecordMeasured(ICampaignFact measured, Action then)
    {
        var (run, after) = (_work!.Run, _state.Apply(measured));
        var completed =
            from cell in _work.Cells
            where _state.MeasurementOf(cell.Id, run.Shards) is null
            let measurement = after.MeasurementOf(cell.Id, run.Shards)
            where measurement is not null
            select new CellCompleted(cell.Id, measurement.Correct, measurement.Total, (double)measurement.Input.Zeros / measurement.Input.Elements);
        Record([measured, .. completed], then);
    }

    /// <summary>The next piece of work whose files are whole: a link whose predecessor's are not is preceded by that predecessor.</summary>
    private WorkItem? NextPossibleWork()
    {
        var work = WorkItem.Next(_campaign, _state, _givenUp);
        while (work?.Work is MeasureLink { Statistics: { } statistics } next && Checkpoint.Damage(statistics, _campaign.Job.OutputFolder) is { } damage)
        {
            var before = next.Link with { Index = next.Link.Index - 1 };
            _log.Warning("{0}: its statistics cannot be used ({1}); measuring it again", before, damage);
            _state = _state.Forget(before);
            work = WorkItem.Next(_campaign, _state, _givenUp);
        }

        return work;
    }

    private void StartPipeline(PreparedRun run)
    {
        var checkpoint = LastGoodCheckpoint(run);
        if ((checkpoint?.Epoch ?? 0) < _state.EpochsOf(run.Id).Count)
        {
            // Epochs after the last good checkpoint are trained again: same seeds, same bits.
            _state = _state.ForgetEpochsAfter(run.Id, checkpoint?.Epoch ?? 0);
            _work = NextPossibleWork()!;
        }

        _pipelineRun = run;
        _pipeline = Context.ActorOf(PipelineActor.Props(run.Context, checkpoint, _layerGroup), $"pipeline-{_pipelinesStarted++}");
    }

    private CheckpointManifest? LastGoodCheckpoint(PreparedRun run)
    {
        foreach (var epoch in _state.EpochsOf(run.Id).Values.Reverse())
        {
            if (Checkpoint.Damage(epoch.Checkpoint, _campaign.Job.OutputFolder) is not { } damage)
            {
                return epoch.Checkpoint;
            }

            _log.Warning("{0}: checkpoint of epoch {1} cannot be used ({2}); falling back to the one before", run.Id, epoch.Epoch, damage);
        }

        return null;
    }

    private void StopPipeline()
    {
        if (_pipeline is not null)
        {
            Context.Stop(_pipeline);
            _pipeline = null;
            _pipelineRun = null;
        }
    }

    private void OnPipelineFailed(PipelineFailed failed)
    {
        if (!failed.Pipeline.Equals(_pipeline))
        {
            return;
        }

        (_pipeline, _pipelineRun) = (null, null);
        var key = (_work!.Run.Id, _work.Work.ToString()!);
        var attempt = _attempts[key] = _attempts.GetValueOrDefault(key) + 1;
        var givesUp = attempt > _campaign.Job.Pipeline.MaxRetries;
        if (givesUp)
        {
            _givenUp.Add(_work.Run.Id);
        }

        Record(new WorkFailed(_work.Run.Id, key.Item2, attempt, failed.Reason, givesUp), () =>
            Timers.StartSingleTimer("retry", new RetryWork(), givesUp ? TimeSpan.Zero : RetryDelay(attempt)));
    }

    private static TimeSpan RetryDelay(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(LongestRetryDelay.TotalSeconds, FirstRetryDelay.TotalSeconds * Math.Pow(2, attempt - 1)));

    private void Finish()
    {
        if (_givenUp.Count == 0 && !_state.IsCompleted)
        {
            Record(new CampaignCompleted(), End);
        }
        else
        {
            End();
        }
    }

    private void End()
    {
        Timers.CancelAll();
        StopPipeline();
        _telemetry.Tell(new WriteResults(), _client);
        Become(() => CommandAny(_ => { }));
    }

    private void Record(ICampaignFact fact, Action then) => Record([fact], then);

    /// <summary>Journals facts, all or none; what follows from them happens once they are in the journal.</summary>
    private void Record(IReadOnlyList<ICampaignFact> facts, Action then)
    {
        var left = facts.Count;
        PersistAll(facts, recorded =>
        {
            Learn(recorded, recovered: false);
            if (--left == 0)
            {
                then();
            }
        });
    }

    /// <summary>A fact that cannot be written must not pass for one that was: the campaign ends, and goes on another time.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        throw new InvalidOperationException($"the journal does not take {@event}", cause);

    private void Learn(ICampaignFact fact, bool recovered)
    {
        _state = _state.Apply(fact);
        _telemetry.Tell(new FactRecorded(fact, recovered));
    }
}
