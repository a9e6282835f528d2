using System.Threading.Channels;
using Akka.Actor;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Progress;

/// <summary>Something to show: a line that stays, how far the campaign is, or how it looks as a whole.</summary>
internal abstract record Notice
{
    private Notice()
    {
    }

    public sealed record Line(string Text) : Notice;

    public sealed record Work(ProgressUpdate Update) : Notice;

    public sealed record Overview(CampaignDetails Details, IReadOnlyList<CellStatus> Cells) : Notice;
}

/// <summary>Shows notices until there are no more.</summary>
internal interface IProgressDisplay
{
    Task ShowAsync(IAsyncEnumerable<Notice> notices);
}

/// <summary>
/// Takes what a campaign says off the actors' threads and hands it, in words, to one display: every fact in order, and of
/// the progress the latest. A slow terminal never slows the campaign, and a paused one never makes it remember more than facts.
/// </summary>
internal sealed class ProgressFeed : ICampaignObserver, IDisposable
{
    private readonly Channel<object> _heard = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly FactNarrator _narrator = new();
    private readonly TaskCompletionSource<IActorRef> _campaign = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();

    // The latest of each that the display has not taken. While there is one, a mark for it stands in the channel.
    private ProgressUpdate? _progress;
    private Notice.Overview? _overview;

    /// <summary>How often the campaign is asked how it looks as a whole.</summary>
    public TimeSpan OverviewInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long its answer may take before that is left for the next time.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the campaign did anything that an earlier start had not done. Known once the display is through.</summary>
    public bool AnythingNew => _narrator.AnythingNew;

    /// <summary>The campaign itself, which can be asked how it is; not there before it begins.</summary>
    public Task<IActorRef> Campaign => _campaign.Task;

    public void OnStart(IActorRef campaign) => _campaign.TrySetResult(campaign);

    public void OnProgress(ProgressUpdate update)
    {
        if (Interlocked.Exchange(ref _progress, update) is null)
        {
            _heard.Writer.TryWrite(ProgressMark.Instance);
        }
    }

    public void OnFact(ICampaignFact fact, bool recovered) => _heard.Writer.TryWrite(new Fact(fact, recovered));

    /// <summary>Asks the campaign again and again how it looks as a whole, until nothing more will come.</summary>
    public async Task WatchAsync()
    {
        try
        {
            var campaign = await Campaign.WaitAsync(_ended.Token);
            while (true)
            {
                await Task.Delay(OverviewInterval, _ended.Token);
                await TakeOverviewAsync(campaign);
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // Nothing more will come.
        }
    }

    /// <summary>Nothing more will come: lets the display end, and whoever waits for an answer of a campaign that has ended.</summary>
    public void End()
    {
        _heard.Writer.TryComplete();
        _ended.Cancel();
    }

    public void Dispose() => _ended.Dispose();

    /// <summary>What was heard, for one reader.</summary>
    public async IAsyncEnumerable<Notice> NoticesAsync()
    {
        await foreach (var heard in _heard.Reader.ReadAllAsync())
        {
            if (heard is OverviewMark)
            {
                if (Interlocked.Exchange(ref _overview, null) is { } overview)
                {
                    yield return overview;
                }

                continue;
            }

            var lines = heard is Fact(var fact, var recovered) ? _narrator.Tell(fact, recovered) : _narrator.TellRecovered();
            foreach (var line in lines)
            {
                yield return new Notice.Line(line);
            }

            if (heard is ProgressMark && Interlocked.Exchange(ref _progress, null) is { } update)
            {
                yield return new Notice.Work(update);
            }
        }
    }

    private async Task TakeOverviewAsync(IActorRef campaign)
    {
        try
        {
            var details = await campaign.Ask<CampaignDetails>(new ShowCampaign(CampaignRunner.LoneCampaign), AnswerTimeout, _ended.Token);
            var cells = await campaign.Ask<CellList>(new ListCells(CampaignRunner.LoneCampaign), AnswerTimeout, _ended.Token);
            if (Interlocked.Exchange(ref _overview, new(details, cells.Cells)) is null)
            {
                _heard.Writer.TryWrite(OverviewMark.Instance);
            }
        }
        catch (AskTimeoutException)
        {
            // It is busy, or has just ended.
        }
    }

    private sealed record Fact(ICampaignFact Happened, bool Recovered);

    private sealed record OverviewMark
    {
        public static readonly OverviewMark Instance = new();
    }

    private sealed record ProgressMark
    {
        public static readonly ProgressMark Instance = new();
    }
}
