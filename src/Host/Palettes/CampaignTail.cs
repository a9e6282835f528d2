using Akka.Actor;
using SpikeTrail.Host.Progress;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Palettes;

/// <summary>
/// Follows a campaign: every fact worth a line, how far it is every few seconds, and its end. It asks anew before the registry
/// forgets it, and so goes on with the next registry after a failover.
/// </summary>
internal sealed class CampaignTail : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    private readonly PaletteContext _context;
    private readonly FollowCampaign _follow;
    private readonly IActorRef _client;
    private readonly FactNarrator _narrator = new();
    private readonly PaceMeter _pace;
    private CampaignStanding? _standing;
    private long? _lastProgress;

    public CampaignTail(PaletteContext context, CampaignId campaign, IActorRef client)
    {
        _context = context;
        _follow = new(campaign);
        _client = client;
        _pace = new(context.Time);
        Receive<CampaignDetails>(details => Show(details.Summary));
        Receive<ICampaignFact>(Show);
        Receive<ProgressUpdate>(Show);
        Receive<RequestRefused>(refused => End(refused.Reason, isError: true));
        Receive<FollowCampaign>(follow => _context.Campaigns.Tell(follow));
        Receive<ReceiveTimeout>(_ => End(RegistryQuestion.Silence(_context.AnswerTimeout), isError: true));
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(PaletteContext context, CampaignId campaign, IActorRef client) =>
        Akka.Actor.Props.Create(() => new CampaignTail(context, campaign, client));

    protected override void PreStart()
    {
        Context.Watch(_client);
        // Only the first answer is waited for: between two facts of a campaign may lie hours.
        SetReceiveTimeout(_context.AnswerTimeout);
        Timers.StartPeriodicTimer(nameof(FollowCampaign), _follow, TimeSpan.Zero, FollowCampaign.Lifetime / 3);
    }

    private void Show(CampaignSummary summary)
    {
        SetReceiveTimeout(null);
        if (CampaignText.HasEnded(summary.Standing))
        {
            End(CampaignText.Of(summary), isError: summary.Standing != CampaignStanding.Complete);
        }
        else if (summary.Standing != _standing)
        {
            Tell(CampaignText.Of(summary));
        }

        _standing = summary.Standing;
    }

    private void Show(ICampaignFact fact)
    {
        SetReceiveTimeout(null);
        foreach (var line in _narrator.Tell(fact, recovered: false))
        {
            Tell(line);
        }
    }

    private void Show(ProgressUpdate update)
    {
        SetReceiveTimeout(null);
        var pace = _pace.Observe(update.CampaignDone, update.CampaignTotal);
        // The first update has no pace yet: it only starts the clock.
        _lastProgress ??= _context.Time.GetTimestamp();
        if (_context.Time.GetElapsedTime(_lastProgress.Value) >= ProgressInterval)
        {
            Tell(ProgressText.Line(update, pace, []));
            _lastProgress = _context.Time.GetTimestamp();
        }
    }

    private void Tell(string line) => _client.Tell(new PaletteResponse(line, Final: false));

    private void End(string line, bool isError)
    {
        _client.Tell(new PaletteResponse(line, IsError: isError));
        Context.Stop(Self);
    }
}
