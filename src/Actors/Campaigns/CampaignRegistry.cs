using Akka.Actor;
using Akka.Event;
using Akka.Pattern;
using Akka.Persistence;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>
/// All campaigns of a cluster: one of it lives in the whole cluster, and when its node is lost, the next oldest supervisor
/// node's takes over from the journal. It journals what operators want, keeps a supervisor for every campaign that is to run,
/// and answers questions.
/// </summary>
public sealed class CampaignRegistry : ReceivePersistentActor, IWithTimers
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRestartDelay = TimeSpan.FromMinutes(1);
    private static readonly (TimeSpan Shortest, TimeSpan Longest) OwnRestartDelay = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));

    private readonly CampaignLibrary _library;
    private readonly Props _workers;
    private readonly (TimeSpan Silence, TimeSpan Stall) _patience;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<CampaignEntry> _campaigns = [];
    private readonly IActorRef _devices;
    private int _supervisors;

    /// <summary>A registry.</summary>
    /// <param name="library">The node's campaigns.</param>
    /// <param name="workers">Makes the actor that tells the pool of devices, which it is given, of workers that come and go.</param>
    /// <param name="patience">After how long without a sign of life, or without a finished pass, a pipeline is lost.</param>
    public CampaignRegistry(CampaignLibrary library, Func<IActorRef, Props> workers, (TimeSpan Silence, TimeSpan Stall) patience)
    {
        (_library, _patience) = (library, patience);
        _devices = Context.ActorOf(DevicePool.Props(patience.Silence), "devices");
        _workers = workers(_devices);

        Recover<IRegistryFact>(Learn);
        Recover<RecoveryCompleted>(_ => _campaigns.ForEach(Launch));

        Command<SubmitCampaign>(Submit);
        Command<ListCampaigns>(_ => Sender.Tell(new CampaignList([.. _campaigns.Select(campaign => campaign.Summary)])));
        Command<ShowCampaign>(show => With(show.Campaign, campaign => Sender.Tell(campaign.Details)));
        Command<ListCells>(list => With(list.Campaign, campaign => ListCells(campaign, list)));
        Command<PauseCampaign>(pause => With(pause.Campaign, Pause));
        Command<ResumeCampaign>(resume => With(resume.Campaign, Resume));
        Command<CancelCampaign>(cancel => With(cancel.Campaign, Cancel));
        Command<RetryCampaign>(retry => With(retry.Campaign, Retry));
        Command<FollowCampaign>(follow => With(follow.Campaign, Follow));
        Command<ListDevices>(list => _devices.Forward(list));
        Command<ListPipelines>(_ => Sender.Tell(new PipelineList([.. _campaigns.Where(campaign => campaign.Supervisor is not null).SelectMany(campaign => campaign.Details.Pipelines)])));
        Command<MovePipeline>(Move);

        Command<Prepared>(Start);
        Command<Unprepared>(Refuse);
        Command<Relaunch>(relaunch => With(relaunch.Campaign, Launch));
        Command<CampaignDetails>(details => Find(details.Summary.Campaign)?.OnDetails(Sender, details));
        Command<Heard>(heard => Find(heard.Campaign)?.Tell(heard.News));
        Command<CampaignEnded>(OnEnded);
        Command<Status.Failure>(failure => OnFailed(Sender, failure.Cause.GetBaseException().Message));
        Command<Terminated>(ended => OnFailed(ended.ActorRef, "it ended; the log of its node says why"));
        Command<Poll>(_ => _campaigns.ForEach(campaign => campaign.Supervisor?.Tell(new ShowCampaign(campaign.Id))));
    }

    /// <inheritdoc/>
    public override string PersistenceId => "campaigns";

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one that begins again, after a while, whenever its journal failed it.</summary>
    /// <param name="library">The node's campaigns.</param>
    /// <param name="workers">Makes the actor that tells the pool of devices, which it is given, of workers that come and go.</param>
    /// <param name="patience">After how long without a sign of life, or without a finished pass, a pipeline is lost.</param>
    public static Props Props(CampaignLibrary library, Func<IActorRef, Props> workers, (TimeSpan Silence, TimeSpan Stall) patience) =>
        BackoffSupervisor.Props(Backoff
            .OnStop(
                Akka.Actor.Props.Create(() => new CampaignRegistry(library, workers, patience)),
                "campaigns", OwnRestartDelay.Shortest, OwnRestartDelay.Longest, randomFactor: 0, maxNrOfRetries: -1)
            .WithReplyWhileStopped(new RequestRefused("the registry of campaigns cannot use its journal just now, and nothing was done; try again in some seconds")));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.ActorOf(_workers, "workers");
        Timers.StartPeriodicTimer("poll", new Poll(), PollInterval);
    }

    /// <summary>A supervisor that fails is started again, after a while, by this actor's own hand; without the pool or its scout this actor itself begins anew.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        if (OfSupervisor(Sender) is null)
        {
            return Directive.Escalate;
        }

        Self.Tell(new Status.Failure(error), Sender);
        return Directive.Stop;
    });

    /// <summary>Whoever wanted this hears of it; what a journal did that did not answer is known when it is read again.</summary>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        Sender.Tell(new RequestRefused(
            $"the journal cannot be written ({cause.GetBaseException().Message.ReplaceLineEndings(" ")}); 'campaign list' tells whether it was done all the same, once the journal is back"));
    }

    private void Submit(SubmitCampaign submit)
    {
        var folder = _library.FolderOf(submit.Campaign);
        if (Find(submit.Campaign) is { } other)
        {
            Sender.Tell(new RequestRefused($"{submit.Campaign}: there is such a campaign already, {SpecNames.Of(other.Summary.Standing)}; choose another name, or `campaign resume` or `retry` that one"));
        }
        else if (InTheWay(folder) is { } obstacle)
        {
            Sender.Tell(new RequestRefused($"{submit.Campaign}: {folder} {obstacle}"));
        }
        else
        {
            Record(new CampaignSubmitted(submit.Campaign, submit.Spec, submit.Pipeline), Sender, $"campaign {submit.Campaign} is started; its files are in {folder}");
        }
    }

    private static string? InTheWay(string folder)
    {
        try
        {
            return Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any() ? "is there already and is not empty; choose another name" : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {error.Message}";
        }
    }

    private void Pause(CampaignEntry campaign) => Order(campaign, CampaignOrder.Pause, "is paused; what it was at is done again from its last checkpoint when it is resumed", campaign.Summary.Standing switch
    {
        CampaignStanding.Waiting or CampaignStanding.Running => null,
        var standing => $"is {SpecNames.Of(standing)}, so there is nothing to pause",
    });

    private void Resume(CampaignEntry campaign) => Order(campaign, CampaignOrder.Run, "goes on", campaign.Summary.Standing switch
    {
        CampaignStanding.Paused => null,
        CampaignStanding.Incomplete or CampaignStanding.Refused => $"is {SpecNames.Of(campaign.Summary.Standing)}; `campaign retry` takes it up again",
        var standing => $"is {SpecNames.Of(standing)}, not paused",
    });

    private void Cancel(CampaignEntry campaign) => Order(campaign, CampaignOrder.Cancel, "is cancelled; what was measured stays in its folder", campaign.Summary.Standing switch
    {
        CampaignStanding.Complete or CampaignStanding.Cancelled => $"is {SpecNames.Of(campaign.Summary.Standing)} already",
        _ => null,
    });

    private void Retry(CampaignEntry campaign) => Order(campaign, CampaignOrder.Run, "is taken up again", campaign.Summary.Standing switch
    {
        CampaignStanding.Incomplete or CampaignStanding.Refused => null,
        var standing => $"is {SpecNames.Of(standing)}; only a campaign that is incomplete or refused can be retried",
    });

    private void Order(CampaignEntry campaign, CampaignOrder order, string done, string? refusal)
    {
        if (refusal is null)
        {
            Record(new CampaignOrdered(campaign.Id, order), Sender, $"campaign {campaign.Id} {done}");
        }
        else
        {
            Sender.Tell(new RequestRefused($"{campaign.Id}: {refusal}"));
        }
    }

    private void Follow(CampaignEntry campaign)
    {
        if (campaign.Follow(Sender))
        {
            Sender.Tell(campaign.Details);
        }
    }

    private void ListCells(CampaignEntry campaign, ListCells list)
    {
        if (campaign.Supervisor is { } supervisor)
        {
            supervisor.Forward(list);
        }
        else
        {
            Sender.Tell(new CellList([]));
        }
    }

    private void Move(MovePipeline move)
    {
        if (_campaigns.FirstOrDefault(campaign => campaign.Details.Pipelines.Any(pipeline => pipeline.Pipeline == move.Pipeline))?.Supervisor is { } supervisor)
        {
            supervisor.Forward(move);
        }
        else
        {
            Sender.Tell(new RequestRefused($"{move.Pipeline}: there is no such pipeline; `pipeline show` lists them"));
        }
    }

    /// <summary>Journals a fact, does what follows from it, and only then answers.</summary>
    private void Record(IRegistryFact fact, IActorRef client, string done) => Persist(fact, recorded =>
    {
        Learn(recorded);
        client.Tell(new RequestDone(done));
        Launch(_campaigns.Single(campaign => campaign.Id == CampaignOf(recorded)));
    });

    private void Learn(IRegistryFact fact)
    {
        if (fact is CampaignSubmitted submitted)
        {
            _campaigns.Add(new CampaignEntry(submitted));
        }
        else
        {
            _campaigns.Single(campaign => campaign.Id == CampaignOf(fact)).Learn(fact);
        }
    }

    private static CampaignId CampaignOf(IRegistryFact fact) => fact switch
    {
        CampaignSubmitted submitted => submitted.Campaign,
        CampaignOrdered ordered => ordered.Campaign,
        CampaignSettled settled => settled.Details.Summary.Campaign,
        _ => throw new ArgumentException($"no such fact: {fact.GetType()}", nameof(fact)),
    };

    /// <summary>Has a campaign worked on if it is to be, and left alone if not.</summary>
    private void Launch(CampaignEntry campaign)
    {
        if (!campaign.IsToRun)
        {
            if (campaign.Supervisor is { } supervisor)
            {
                // Its answer brings the last of its numbers.
                campaign.IsStopping = true;
                supervisor.Tell(StopCampaign.Instance);
            }

            return;
        }

        if (campaign.Supervisor is null && !campaign.IsPreparing)
        {
            campaign.IsPreparing = true;
            Task.Run(() => Prepare(campaign)).PipeTo(
                Self, success: prepared => new Prepared(campaign, prepared), failure: error => new Unprepared(campaign, error.GetBaseException()));
        }
    }

    private PreparedCampaign Prepare(CampaignEntry campaign)
    {
        var prepared = _library.Prepare(campaign.Id, campaign.Submitted.Spec, campaign.Submitted.Pipeline);
        try
        {
            CampaignMark.Write(prepared);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{prepared.Job.OutputFolder}: cannot be written: {error.Message}", error);
        }

        return prepared;
    }

    private void Start(Prepared prepared)
    {
        var campaign = prepared.Campaign;
        campaign.IsPreparing = false;
        if (campaign is not { IsToRun: true, Supervisor: null })
        {
            return;
        }

        var observer = new Reporter(Self, campaign.Id);
        var plan = new SupervisorPlan(campaign.Id, prepared.Made, $"campaign-{campaign.Id}", _devices, observer) { Silence = _patience.Silence, Stall = _patience.Stall };
        campaign.Supervisor = Context.Watch(Context.ActorOf(CampaignSupervisor.Props(plan), $"{campaign.Id}-{_supervisors++}"));
        campaign.Supervisor.Tell(StartCampaign.Instance);
    }

    private void Refuse(Unprepared unprepared)
    {
        var campaign = unprepared.Campaign;
        campaign.IsPreparing = false;
        if (!campaign.IsToRun)
        {
            return;
        }

        _log.Error(unprepared.Reason, "campaign {0} cannot be run", campaign.Id);
        Settle(campaign, CampaignStanding.Refused, unprepared.Reason.Message);
    }

    private void OnEnded(CampaignEnded ended)
    {
        if (OfSupervisor(Sender) is not { } campaign)
        {
            return;
        }

        if (ended.Details is { } details)
        {
            campaign.OnDetails(Sender, details);
        }

        var stopped = campaign.IsStopping;
        Release(campaign);
        if (stopped && campaign.IsToRun)
        {
            // Meanwhile it was told to go on.
            Launch(campaign);
        }
        else if (stopped)
        {
            // What was done until then is to be known after a failover too.
            Settle(campaign, campaign.Summary.Standing, null);
        }
        else if (ended.Results is null)
        {
            Settle(campaign, CampaignStanding.Refused, ended.Refusal);
        }
        else
        {
            Settle(campaign, ended.Results.Campaign.Complete ? CampaignStanding.Complete : CampaignStanding.Incomplete, null);
        }
    }

    /// <summary>A supervisor that fails could not journal or write its results: it is tried again, less and less often.</summary>
    private void OnFailed(IActorRef supervisor, string reason)
    {
        if (OfSupervisor(supervisor) is not { } campaign)
        {
            return;
        }

        Release(campaign);
        var delay = TimeSpan.FromSeconds(Math.Min(LongestRestartDelay.TotalSeconds, 5 * Math.Pow(2, campaign.Restarts++)));
        campaign.Trouble = $"its supervisor failed ({reason.ReplaceLineEndings(" ")}); trying again in {delay.TotalSeconds:0} s";
        _log.Error("campaign {0}: {1}", campaign.Id, campaign.Trouble);
        Timers.StartSingleTimer(campaign.Id, new Relaunch(campaign.Id), delay);
    }

    private void Release(CampaignEntry campaign)
    {
        campaign.IsStopping = false;
        Context.Unwatch(campaign.Supervisor);
        Context.Stop(campaign.Supervisor);
        campaign.Supervisor = null;
    }

    private void Settle(CampaignEntry campaign, CampaignStanding standing, string? note)
    {
        var details = campaign.LastDetails;
        var settled = new CampaignSettled(details with
        {
            Summary = details.Summary with { Standing = standing, Done = standing == CampaignStanding.Complete ? details.Summary.Total : details.Summary.Done, Note = note },
            Pipelines = [],
        });
        Persist(settled, recorded =>
        {
            campaign.Learn(recorded);
            campaign.Tell(campaign.Details);
        });
    }

    private CampaignEntry? Find(CampaignId id) => _campaigns.FirstOrDefault(campaign => campaign.Id == id);

    private CampaignEntry? OfSupervisor(IActorRef supervisor) => _campaigns.FirstOrDefault(campaign => supervisor.Equals(campaign.Supervisor));

    private void With(CampaignId id, Action<CampaignEntry> act)
    {
        if (Find(id) is { } campaign)
        {
            act(campaign);
        }
        else
        {
            Sender.Tell(new RequestRefused($"{id}: there is no such campaign{Suggestion.Ask(id.Value, _campaigns.Select(known => known.Id.Value))}; `campaign list` lists them"));
        }
    }

    private sealed record Prepared(CampaignEntry Campaign, PreparedCampaign Made) : INoSerializationVerificationNeeded;

    private sealed record Unprepared(CampaignEntry Campaign, Exception Reason) : INoSerializationVerificationNeeded;

    private sealed record Relaunch(CampaignId Campaign) : INoSerializationVerificationNeeded;

    private sealed record Heard(CampaignId Campaign, object News) : INoSerializationVerificationNeeded;

    private sealed record Poll : INoSerializationVerificationNeeded;

    /// <summary>Hands what a campaign says on to those who follow it.</summary>
    private sealed class Reporter(IActorRef registry, CampaignId campaign) : ICampaignObserver
    {
        public void OnProgress(ProgressUpdate update) => registry.Tell(new Heard(campaign, update), ActorRefs.NoSender);

        public void OnFact(ICampaignFact fact, bool recovered)
        {
            if (!recovered)
            {
                registry.Tell(new Heard(campaign, fact), ActorRefs.NoSender);
            }
        }
    }
}
