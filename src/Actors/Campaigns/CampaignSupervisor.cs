using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Hosting;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Actors.Telemetry;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;
using SpikeTrail.Snn.Checkpoints;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>
/// Works through one campaign: knows from its journal what is done, gives what is ready to pipelines on as many devices
/// as it is granted, and journals each fact before anything follows from it. A pipeline that fails or is lost is replaced
/// from the last checkpoint; each piece of work is tried a bounded number of times.
/// </summary>
public sealed class CampaignSupervisor : ReceivePersistentActor, IWithTimers
{
    private readonly SupervisorPlan _plan;
    private readonly PreparedCampaign _campaign;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Dictionary<string, Replica> _replicas = [];
    private readonly Attempts _attempts;

    private CampaignState _state = CampaignState.Empty;
    private CampaignTrace? _trace;
    private long _recovered;
    private long? _done;
    private string? _lack;
    private IActorRef _telemetry = ActorRefs.Nobody;
    private IActorRef _client = ActorRefs.Nobody;

    public CampaignSupervisor(SupervisorPlan plan)
    {
        (_plan, _campaign, _attempts) = (plan, plan.Campaign, new Attempts(plan.Campaign.Job.Pipeline));
        Recover<ICampaignFact>(fact =>
        {
            _recovered++;
            Learn(fact, recovered: true);
        });
        Command<StartCampaign>(_ => Start());
        Command<StopCampaign>(_ => End());
        AnswerQuestions();
    }

    /// <inheritdoc/>
    public override string PersistenceId => _plan.JournalId;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(SupervisorPlan plan) => Akka.Actor.Props.Create(() => new CampaignSupervisor(plan));

    /// <inheritdoc/>
    protected override void PreStart() => _telemetry = Context.ActorOf(TelemetryAggregator.Props(_campaign, _plan.Observer), "telemetry");

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var replica in _replicas.Values)
        {
            replica.EndSpan(ActivityStatusCode.Error);
            GiveBack(replica);
        }

        _trace?.Dispose();
    }

    /// <summary>Without the aggregator nothing would ever answer the client: the campaign ends here, and goes on another time.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        _client.Tell(new Status.Failure(error));
        return Directive.Stop;
    });

    private void Start()
    {
        _client = Sender;
        if (Unfitness() is { } refusal)
        {
            _client.Tell(new CampaignEnded(null, refusal));
        }
        else if (_state.Accepted is null)
        {
            Record(new CampaignAccepted(_campaign.Identity.Hash, _campaign.Identity.Json), BecomeWorking);
        }
        else
        {
            BecomeWorking();
        }
    }

    /// <summary>Why this campaign must not be worked on in this folder with this journal; null if it may.</summary>
    private string? Unfitness()
    {
        var folder = _campaign.Job.OutputFolder;
        if (_recovered != LastSequenceNr)
        {
            return $"{folder}: the journal is damaged: {LastSequenceNr - _recovered} of its {LastSequenceNr} facts are missing; restore it from a copy, or give another folder";
        }

        if (_state.Accepted is null)
        {
            return OutputFolder.WithoutJournal(folder);
        }

        if (_state.Accepted.ConfigurationHash == _campaign.Identity.Hash)
        {
            return null;
        }

        var change = CampaignIdentity.FirstDifference(_state.Accepted.Configuration, _campaign.Identity.Json);
        return $"{folder}: belongs to a campaign with another configuration: {change?.Key} was {change?.Before} and is now {change?.After}; give another folder, or the old value";
    }

    private void BecomeWorking()
    {
        Become(() =>
        {
            Command<DevicesGranted>(Open);
            Command<DevicesLacking>(lacking => _lack = lacking.Reason);
            Command<ReturnSoon>(soon => Leave(_replicas.Values.FirstOrDefault(replica => replica.Grant.Grant == soon.Grant)));
            Command<PipelineOpened>(OnOpened);
            Command<PipelinePulse>(OnPulse);
            Command<LayerGroupStatus>(status => OfSender()?.OnStatus(status));
            Command<WorkProgress>(OnProgress);
            Command<EpochCheckpointed>(fact => OfSender()?.Work?.IsAdvancedBy(fact) == true, OnCheckpointed);
            Command<EpochTrained>(fact => IsAnswer(fact), OnEpochTrained);
            Command<SliceMeasured>(part => IsAnswer(part), OnPartMeasured);
            Command<LinkMeasured>(fact => IsAnswer(fact), OnLinkMeasured);
            Command<SamplesTaken>(fact => IsAnswer(fact), fact => RecordAnswer([fact], () => { }));
            Command<PipelineFailed>(failed => With(failed.Pipeline, replica => OnFailed(replica, failed)));
            Command<PipelineLost>(lost => With(lost.Pipeline, replica => OnLost(replica, lost.Reason)));
            Command<PipelineLeaving>(leaving => With(leaving.Pipeline, Leave));
            Command<Terminated>(OnEnded);
            Command<RetryWork>(retry =>
            {
                _attempts.EndWait(retry.Work);
                GoOn();
            });
            Command<LookForSilence>(_ => LookForSilence());
            Command<MovePipeline>(Move);
            Command<Exchanged>(OnExchanged);
            AnswerQuestions();
            Command<StopCampaign>(_ => End());
        });
        Timers.StartPeriodicTimer("silence", new LookForSilence(), _plan.Silence / 6);
        Sweep();
        GoOn();
    }

    /// <summary>No pipeline is at work yet: whatever lies about and is not needed was left by an earlier sitting.</summary>
    private void Sweep()
    {
        var checkpoints = _state.Training.Values.SelectMany(training => training.Kept);
        var statistics =
            from run in _campaign.Runs
            from chain in run.Cells.Select(cell => cell.Chain).OfType<ChainId>().Distinct()
            from index in Enumerable.Range(0, run.Shards)
            let link = new LinkId(chain, index)
            where _state.Links.ContainsKey(link) && !_state.IsSuperseded(link, run.Shards)
            select _state.Links[link];
        var images =
            from run in _campaign.Runs
            from cell in run.Cells
            from index in Enumerable.Range(0, run.Shards)
            let shard = new ShardId(cell.Id, index)
            where _state.Images.ContainsKey(shard) && WorkItem.WantsImages(run, cell.Id, index, _state)
            select _state.Images[shard];
        Checkpoint.Sweep([.. checkpoints, .. statistics, .. images], _campaign.Job.OutputFolder);
        WholeFile.Sweep(_campaign.Job.OutputFolder);
    }

    /// <summary>Gives out what is ready, asks for as many devices as could be used, and ends when nothing is left.</summary>
    private void GoOn()
    {
        foreach (var idle in _replicas.Values.Where(replica => replica is { Pipeline: not null, Work: null, Closing: false }).ToList())
        {
            // Whoever holds other weights than training goes on from (they were refused meanwhile) would train something else.
            var work = idle.Leaving ? null : Ready().FirstOrDefault(item => item.Run.Id == idle.Run.Id);
            if (work is not null && (work.Work is not TrainEpoch || idle.Weights == Newest(idle.Run)?.Folder))
            {
                if (!HasFiles(work))
                {
                    return;
                }

                idle.SetWork(work, _time.GetTimestamp());
                Trace(idle, work);
                idle.Pipeline.Tell(work.Work);
            }
            else
            {
                Close(idle);
            }
        }

        var ready = Ready().Count();
        _lack = null;
        _plan.Devices.Tell(new WantDevices(
            _plan.Id, Math.Max(0, ready - _replicas.Values.Count(replica => replica.Pipeline is null)), _plan.DeviceKinds, _plan.DevicesPerPipeline, _plan.ExactDevices));
        if (ready == 0 && _replicas.Count == 0 && !_attempts.AnyWaiting)
        {
            Finish();
        }
    }

    /// <summary>Whether all that work reads is as it was written. If not, what wrote it is done again first: the link before, or another run's slice.</summary>
    private bool HasFiles(WorkItem work)
    {
        try
        {
            List<CheckpointRefused> refused = [.. work.Files.Select(file => Refusal(file.Run, file.File)).OfType<CheckpointRefused>()];
            if (refused.Count > 0)
            {
                Record(refused, GoOn);
            }

            return refused.Count == 0;
        }
        catch (StorageException unreadable)
        {
            Fail(unreadable);
            return false;
        }
    }

    private void Trace(Replica replica, WorkItem work)
    {
        _trace ??= new CampaignTrace(_plan.Id);
        replica.Span = _trace.Begin(work.Run.Id, work.Key.Work, replica.Name);
        if (replica.Span?.Id is { } parent)
        {
            replica.Pipeline.Tell(new TracedBy(parent));
        }
    }

    /// <summary>What could be given to a pipeline now.</summary>
    private IEnumerable<WorkItem> Ready() => WorkItem.Ready(_campaign, _state, IsLeftOut);

    private bool IsLeftOut(WorkKey work) => _attempts.IsLeftOut(work) || _replicas.Values.Any(replica => replica.Work?.Key == work);

    private void Open(DevicesGranted grant)
    {
        // Each pipeline that is being opened will take one of the pieces of work that are ready; this one takes the next.
        var opening = _replicas.Values.Where(replica => replica.Pipeline is null).Select(replica => replica.Run.Id).ToList();
        if (Ready().FirstOrDefault(work => !opening.Remove(work.Run.Id)) is not { } first)
        {
            _plan.Devices.Tell(new ReturnDevices(grant.Grant, Pipeline: null));
            return;
        }

        var replica = new Replica(DevicePool.PipelineName(_plan.Id, grant.Grant), grant, first.Run);
        _replicas.Add(replica.Name, replica);
        Open(replica);
    }

    private void Open(Replica replica)
    {
        // Of one that is moved, what it was at begins again elsewhere.
        replica.EndSpan();
        replica.SetWork(null, _time.GetTimestamp());
        try
        {
            Record(Refused(replica.Run.Id), () => Open(replica, Newest(replica.Run)));
        }
        catch (StorageException unreadable)
        {
            Fail(unreadable);
        }
    }

    private CheckpointManifest? Newest(PreparedRun run) => _state.TrainingOf(run.Id).Points.FirstOrDefault()?.Checkpoint;

    private void Open(Replica replica, CheckpointManifest? checkpoint)
    {
        replica.Weights = checkpoint?.Folder;
        replica.Worker = Context.Watch(((ExtendedActorSystem)Context.System).Provider.ResolveActorRef(replica.Grant.Places[0].Worker));
        replica.Worker.Tell(new OpenPipeline(
            replica.Name, _plan.Id, _campaign.Identity.Hash, _campaign.Job.Campaign, _campaign.Job.Pipeline, replica.Run.Id, checkpoint, replica.Grant.Places, replica.Groups));
    }

    private void OnOpened(PipelineOpened opened)
    {
        if (_replicas.TryGetValue(opened.Pipeline, out var replica))
        {
            replica.Pipeline = replica.Occupant = Context.Watch(Sender);
            GoOn();
        }
        else
        {
            EndUnwanted();
        }
    }

    private void OnPulse(PipelinePulse pulse)
    {
        if (_replicas.TryGetValue(pulse.Pipeline, out var replica))
        {
            replica.OnPulse(pulse, _time.GetTimestamp());
            replica.Occupant = Sender.Equals(replica.Worker) ? replica.Occupant : Sender;
        }
        else
        {
            EndUnwanted();
        }
    }

    /// <summary>A pipeline that was held to be lost is still there, and would hold its devices for ever.</summary>
    private void EndUnwanted() => Sender.Tell(new ClosePipeline());

    /// <summary>The newest checkpoints of a run, as far as none of them can be gone on from: what came after the first that can is trained again, with the same seeds to the same bits.</summary>
    private List<ICampaignFact> Refused(RunId run)
    {
        var refused = new List<ICampaignFact>();
        foreach (var point in _state.TrainingOf(run).Points)
        {
            if (Refusal(run, point.Checkpoint) is not { } refusal)
            {
                break;
            }

            refused.Add(refusal);
        }

        return refused;
    }

    /// <exception cref="StorageException">The file system does not answer: that is not the checkpoint's fault, and ends the campaign for now.</exception>
    private CheckpointRefused? Refusal(RunId run, CheckpointManifest checkpoint)
    {
        if (Checkpoint.Damage(checkpoint, _campaign.Identity.Hash, _campaign.Job.OutputFolder) is not { } damage)
        {
            return null;
        }

        _log.Warning("{0}: checkpoint {1} cannot be used ({2}); falling back to the one before, or making it again", run, checkpoint.Folder, damage);
        return new CheckpointRefused(run, checkpoint.Folder, damage);
    }

    private void OnProgress(WorkProgress progress)
    {
        if (OfSender() is { Work: { } work } replica)
        {
            replica.Progress = progress;
            var underWay = _replicas.Values.Sum(each => each.Progress?.Done ?? 0);
            _telemetry.Tell(new ProgressMade(work.Update(_state, progress, Done() + underWay, _campaign.Cost)));
        }
    }

    private void OnCheckpointed(EpochCheckpointed step)
    {
        OfSender()!.Weights = step.Checkpoint.Folder;
        Record(step, () => Prune(step.Run));
    }

    private void OnEpochTrained(EpochTrained trained)
    {
        OfSender()!.Weights = trained.Checkpoint.Folder;
        RecordAnswer([trained], () => Prune(trained.Run));
    }

    private void Prune(RunId run)
    {
        foreach (var checkpoint in _state.TrainingOf(run).Superseded)
        {
            Checkpoint.Delete(checkpoint, _campaign.Job.OutputFolder);
        }
    }

    private void OnPartMeasured(SliceMeasured part)
    {
        if (OfSender()!.Gather(part) is { } measured)
        {
            OnSliceMeasured(measured);
        }
    }

    private void OnSliceMeasured(SliceMeasured measured)
    {
        // A slice that was done again for its images' sake was measured before.
        var (cells, shards) = (OfSender()!.Work!.Cells, measured.Shards.Where(shard => !_state.Shards.ContainsKey(shard.Shard)));
        RecordMeasured([.. shards, .. measured.Images], () =>
        {
            foreach (var source in cells.Select(cell => cell.Source).OfType<SourceCell>())
            {
                var shard = new ShardId(source.Cell, measured.Slice.Index);
                if (!WorkItem.WantsImages(_campaign.Runs.Single(run => run.Id == source.Run), shard.Cell, shard.Index, _state)
                    && _state.Images.TryGetValue(shard, out var images))
                {
                    Checkpoint.Delete(images, _campaign.Job.OutputFolder);
                }
            }
        });
    }

    private void OnLinkMeasured(LinkMeasured measured)
    {
        var shards = OfSender()!.Run.Shards;
        RecordMeasured([measured], () =>
        {
            foreach (var (_, statistics) in _state.Links.Where(entry => entry.Key.Chain == measured.Link.Chain && _state.IsSuperseded(entry.Key, shards)))
            {
                Checkpoint.Delete(statistics, _campaign.Job.OutputFolder);
            }
        });
    }

    /// <summary>Journals what was measured, together with the cells that it completes.</summary>
    private void RecordMeasured(IReadOnlyList<ICampaignFact> measured, Action then)
    {
        var (work, after) = (OfSender()!.Work!, measured.Aggregate(_state, (state, fact) => state.Apply(fact)));
        var completed =
            from cell in work.Cells
            where _state.MeasurementOf(cell.Id, work.Run.ShardsOf(cell)) is null
            let measurement = after.MeasurementOf(cell.Id, work.Run.ShardsOf(cell))
            where measurement is not null
            select new CellCompleted(cell.Id, measurement.Correct, measurement.Total, (double)measurement.Input.Zeros / measurement.Input.Elements);
        RecordAnswer([.. measured, .. completed], then);
    }

    /// <summary>Journals what a pipeline answered; only then is it given more.</summary>
    private void RecordAnswer(IReadOnlyList<ICampaignFact> facts, Action then)
    {
        var replica = OfSender()!;
        Record(facts, () =>
        {
            replica.EndSpan();
            replica.SetWork(null, _time.GetTimestamp());
            if (WorkItem.DoneOf(replica.Run, _state) == replica.Run.Cost)
            {
                _trace?.End(replica.Run.Id);
            }

            then();
            GoOn();
        });
    }

    private bool IsAnswer(IWireMessage answer) => OfSender()?.Work?.IsAnsweredBy(answer) == true;

    private void OnFailed(Replica replica, PipelineFailed failed)
    {
        if (failed.OfStorage)
        {
            // Nothing that follows could be kept either: the campaign ends, and goes on once there is room.
            Fail(new StorageException(failed.Reason));
            return;
        }

        Remove(replica);
        Instruments.Failures.Add(1, new KeyValuePair<string, object?>("kind", "failed"));
        var key = replica.Work?.Key ?? WorkKey.Opening(replica.Run.Id);
        var attempt = _attempts.CountFailure(key);
        Retry(key, new WorkFailed(key.Run, key.Work, attempt.Number, failed.Reason, attempt.GivesUp), attempt);
    }

    /// <summary>A node is gone, and nothing is wrong with the work: it is done elsewhere. Work that takes node after node with it is given up all the same.</summary>
    private void OnLost(Replica replica, string reason)
    {
        Remove(replica);
        Instruments.Failures.Add(1, new KeyValuePair<string, object?>("kind", "lost"));
        _log.Warning("pipeline {0} is lost: {1}", replica.Name, reason);
        var opening = replica is { Pipeline: null, Leaving: false } ? WorkKey.Opening(replica.Run.Id) : (WorkKey?)null;
        if ((replica.Work?.Key ?? opening) is { } key && _attempts.CountLoss(key) is { GivesUp: true } attempt)
        {
            Retry(key, new WorkFailed(key.Run, key.Work, attempt.Number, $"lost its node {attempt.Number} times: {reason}", GaveUp: true), attempt);
            return;
        }

        GoOn();
    }

    private void Retry(WorkKey key, WorkFailed failure, Attempt attempt)
    {
        if (!attempt.GivesUp)
        {
            Timers.StartSingleTimer(key, new RetryWork(key), attempt.Delay);
        }

        Record(failure, GoOn);
    }

    private void OnEnded(Terminated ended)
    {
        foreach (var opening in _replicas.Values.Where(replica => replica.Pipeline is null && ended.ActorRef.Equals(replica.Worker)).ToList())
        {
            OnLost(opening, $"{NodeName.Of(ended.ActorRef.Path.Address)} is gone");
        }

        if (_replicas.Values.FirstOrDefault(replica => ended.ActorRef.Equals(replica.Pipeline)) is not { } replica)
        {
            return;
        }

        replica.Occupant = null;
        if (replica.Moving)
        {
            (replica.Pipeline, replica.Closing, replica.Moving, replica.Leaving) = (null, false, false, false);
            Open(replica);
        }
        else if (replica.Closing)
        {
            Remove(replica);
            GoOn();
        }
        else
        {
            OnLost(replica, $"{NodeName.Of(ended.ActorRef.Path.Address)} is gone");
        }
    }

    /// <summary>
    /// Messages are lost when a connection breaks: a pipeline that has fallen silent, that does not open, that waits for work it
    /// was given, or that stands still is replaced; one that was told to end and still lives is told again.
    /// </summary>
    private void LookForSilence()
    {
        foreach (var replica in _replicas.Values.ToList())
        {
            var (silence, stall) = (_time.GetElapsedTime(replica.LastSign), _time.GetElapsedTime(replica.LastStep));
            if (replica.Closing)
            {
                replica.Pipeline.Tell(new ClosePipeline());
            }

            if (silence > _plan.Silence)
            {
                // There is nothing left to wait for; should it still live, it is told to end when it is heard of.
                replica.Occupant?.Tell(new ClosePipeline());
                replica.Occupant = null;
            }

            if (silence > _plan.Silence || (stall > _plan.Stall && !replica.Closing))
            {
                OnLost(replica, $"not heard of for {silence.TotalSeconds:0} s, no step for {stall.TotalSeconds:0} s");
            }
        }
    }

    private void Leave(Replica? replica)
    {
        if (replica is not null)
        {
            replica.Leaving = true;
            GoOn();
        }
    }

    private void Move(MovePipeline move)
    {
        var client = Sender;
        if (!_replicas.TryGetValue(move.Pipeline, out var replica) || replica is { Pipeline: null } or { Closing: true })
        {
            client.Tell(new RequestRefused($"{move.Pipeline}: is not open just now; `pipeline show` lists the pipelines"));
            return;
        }

        var groups = _campaign.Job.Pipeline.LayerGroups;
        if (move.Group >= groups)
        {
            client.Tell(new RequestRefused($"{move.Pipeline}: has layer groups 0 to {groups - 1}, not {move.Group}"));
            return;
        }

        var now = replica.Groups ?? [.. replica.Status(_plan.Id).Groups.Select(group => group.Device)];
        if (now.Count != groups)
        {
            client.Tell(new RequestRefused($"{move.Pipeline}: its layer groups have not told yet where they are; ask again in a few seconds"));
            return;
        }

        IReadOnlyList<DeviceId> wanted = [.. now.Select((device, group) => move.Group is null || move.Group == group ? move.To : device)];
        _plan.Devices.Ask<object>(new ExchangeDevices(replica.Grant.Grant, wanted, replica.Pipeline)).PipeTo(Self, Self, answer => new Exchanged(replica, wanted, answer, client));
    }

    /// <summary>What the pool said to an exchange of devices.</summary>
    private sealed record Exchanged(Replica Replica, IReadOnlyList<DeviceId> Groups, object Answer, IActorRef Client) : INoSerializationVerificationNeeded;

    private void OnExchanged(Exchanged exchanged)
    {
        if (exchanged.Answer is not DevicesGranted grant)
        {
            exchanged.Client.Tell(exchanged.Answer);
            return;
        }

        var replica = exchanged.Replica;
        if (_replicas.GetValueOrDefault(replica.Name) != replica || replica is not { Pipeline: not null, Closing: false })
        {
            exchanged.Client.Tell(new RequestRefused($"{replica.Name}: has ended meanwhile"));
            return;
        }

        replica.Grant = grant;
        replica.Groups = exchanged.Groups;
        replica.Moving = true;
        Close(replica);
        exchanged.Client.Tell(new RequestDone($"{replica.Name} goes on at {string.Join(", ", exchanged.Groups.Distinct())}, from its last checkpoint"));
    }

    private void Close(Replica replica)
    {
        replica.Closing = true;
        replica.Pipeline.Tell(new ClosePipeline());
    }

    private void Remove(Replica replica, ActivityStatusCode status = ActivityStatusCode.Error)
    {
        if (replica.Pipeline is not null)
        {
            Context.Unwatch(replica.Pipeline);
        }

        _replicas.Remove(replica.Name);
        replica.EndSpan(status);
        GiveBack(replica);
    }

    /// <summary>Its devices are free for others once it has ended.</summary>
    private void GiveBack(Replica replica)
    {
        replica.Occupant?.Tell(new ClosePipeline());
        _plan.Devices.Tell(new ReturnDevices(replica.Grant.Grant, replica.Occupant));
    }

    /// <summary>Cells whose images nobody will make, one fact for each run and the run that was to make them.</summary>
    private List<WorkFailed> Stranded() =>
    [
        .. from run in _campaign.Runs
           from source in WorkItem.Waiting(run, _state).Select(cell => cell.Source!.Value.Run).Distinct()
           let key = WorkKey.Images(run.Id, source)
           select new WorkFailed(key.Run, key.Work, 1, $"{source} has not made the images that {run.Id} is to be shown: its own work was given up", GaveUp: true),
    ];

    private void Finish()
    {
        if (Stranded() is { Count: > 0 } stranded)
        {
            stranded.ForEach(failure => _attempts.GiveUp(new WorkKey(failure.Run, failure.Work)));
            Record(stranded, End);
        }
        else if (!_attempts.AnyGivenUp && !_state.IsCompleted)
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
        _plan.Devices.Tell(new WantDevices(_plan.Id, 0, [], 0, null));
        foreach (var replica in _replicas.Values.ToList())
        {
            // Whoever is told to stop has not failed.
            Remove(replica, ActivityStatusCode.Unset);
        }

        _lack = null;
        _trace?.Dispose();
        _telemetry.Tell(new WriteResults());
        Become(() =>
        {
            AnswerQuestions();
            Command<DevicesGranted>(grant => _plan.Devices.Tell(new ReturnDevices(grant.Grant, Pipeline: null)));
            Command<Exchanged>(exchanged => exchanged.Client.Tell(new RequestRefused($"{exchanged.Replica.Name}: has ended meanwhile")));
            Command<CampaignEnded>(ended => _client.Tell(ended with { Details = Details() }));
            CommandAny(_ => { });
        });
    }

    /// <summary>As a registry answers them: a campaign that has none is asked itself.</summary>
    private void AnswerQuestions()
    {
        Command<ListCampaigns>(_ => Sender.Tell(new CampaignList([Details().Summary])));
        Command<ShowCampaign>(_ => Sender.Tell(Details()));
        Command<ListCells>(_ => Sender.Tell(new CellList([.. _campaign.Runs.SelectMany(run => run.Cells.Select(cell => Status(run, cell)))])));
    }

    private CampaignDetails Details() => new(
        new CampaignSummary(
            _plan.Id,
            _state.IsCompleted ? CampaignStanding.Complete : _replicas.Values.Any(replica => replica.Work is not null) ? CampaignStanding.Running : CampaignStanding.Waiting,
            Done() + _replicas.Values.Sum(replica => replica.Progress?.Done ?? 0),
            _campaign.Cost,
            _state.Failures.Count,
            Note: _replicas.Count == 0 ? _lack : null),
        [.. _campaign.Runs.Select(Status)],
        [.. _replicas.Values.Select(replica => replica.Status(_plan.Id))],
        [.. _state.Failures.TakeLast(50)]);

    private RunStatus Status(PreparedRun run) => new(
        run.Id,
        _state.EpochsOf(run.Id).Count,
        run.Epochs,
        run.Cells.Sum(cell => Enumerable.Range(0, run.Shards).Count(index => _state.Shards.ContainsKey(new ShardId(cell.Id, index)))),
        run.Cells.Sum(run.ShardsOf),
        _attempts.AnyGivenUpOf(run.Id));

    private CellStatus Status(PreparedRun run, CellPlan cell)
    {
        var measured = Enumerable.Range(0, run.Shards).Select(index => _state.Shards.GetValueOrDefault(new ShardId(cell.Id, index))).OfType<Measurement>().ToList();
        var (zeros, elements) = (measured.Sum(shard => shard.Input.Zeros), measured.Sum(shard => shard.Input.Elements));
        return new CellStatus(
            run.Id,
            cell.Protocol.Name,
            cell.Attack.Name,
            cell.Epsilon,
            measured.Sum(shard => shard.Correct),
            measured.Sum(shard => shard.Total),
            Math.Min(run.Context.Data.Test.Count, run.ShardsOf(cell) * run.Context.Campaign.Evaluation.ShardSize),
            elements == 0 ? null : (double)zeros / elements);
    }

    private long Done() => _done ??= _campaign.Runs.Sum(run => WorkItem.DoneOf(run, _state));

    private Replica? OfSender() => _replicas.Values.FirstOrDefault(replica => Sender.Equals(replica.Pipeline));

    private void With(string pipeline, Action<Replica> act)
    {
        if (_replicas.TryGetValue(pipeline, out var replica))
        {
            act(replica);
        }
    }

    private void Record(ICampaignFact fact, Action then) => Record([fact], then);

    /// <summary>Journals facts, all or none; what follows from them happens once they are in the journal.</summary>
    private void Record(IReadOnlyList<ICampaignFact> facts, Action then)
    {
        var left = facts.Count;
        if (left == 0)
        {
            then();
            return;
        }

        PersistAll(facts, recorded =>
        {
            Learn(recorded, recovered: false, isLast: --left == 0);
            if (left == 0)
            {
                then();
            }
        });
    }

    /// <summary>A fact that cannot be written must not pass for one that was: the campaign ends, and goes on another time.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        throw new InvalidOperationException($"the journal does not take {@event}", cause);

    /// <summary>As with a fact that is rejected; the actor ends after it.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _client.Tell(new Status.Failure(new StorageException($"{_campaign.Job.OutputFolder}: the journal cannot be written: {cause.GetBaseException().Message.TrimEnd('.')}", cause)));

    /// <summary>Ends without results: what is journalled stays, and goes on another time.</summary>
    private void Fail(Exception reason)
    {
        _client.Tell(new Status.Failure(reason));
        Context.Stop(Self);
    }

    private void Learn(ICampaignFact fact, bool recovered, bool isLast = true)
    {
        (_state, _done) = (_state.Apply(fact), null);
        _telemetry.Tell(new FactRecorded(fact, recovered) { IsLast = isLast });
    }
}
