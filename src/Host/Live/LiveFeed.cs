using System.Globalization;
using Akka.Actor;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Host.Progress;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Live;

/// <summary>What one viewer is shown: asks anew for every snapshot, and so costs nothing while nobody looks.</summary>
/// <param name="source">Whom it asks.</param>
/// <param name="wanted">The campaign that is looked at; null for the one that is most worth it.</param>
internal sealed class LiveFeed(LiveSource source, CampaignId? wanted)
{
    private readonly Dictionary<CampaignId, PaceMeter> _paces = [];
    private LiveSnapshot _last = new(source.Title, Trouble: null, [], Chosen: null);

    /// <summary>How everything is now; the last that is known, and why, where nobody answers.</summary>
    public async Task<LiveSnapshot> TakeAsync(CancellationToken cancel)
    {
        try
        {
            var list = await AskAsync<CampaignList>(new ListCampaigns(), cancel);
            _last = new LiveSnapshot(source.Title, Trouble: null, [.. list.Campaigns.Select(InShort)], await AtLengthAsync(Choose(list), cancel));
        }
        catch (RefusedException refusal)
        {
            _last = _last with { Trouble = refusal.Message };
        }
        catch (Exception silence) when (silence is AskTimeoutException or TimeoutException)
        {
            _last = _last with { Trouble = RegistryQuestion.Silence(source.AnswerTimeout) };
        }

        return _last;
    }

    /// <summary>The one that is wanted, or else the first that runs, or else the last.</summary>
    private CampaignSummary? Choose(CampaignList list) => wanted is { } name
        ? list.Campaigns.FirstOrDefault(campaign => campaign.Campaign == name)
        : list.Campaigns.FirstOrDefault(campaign => campaign.Standing == CampaignStanding.Running) ?? (list.Campaigns is [.., var last] ? last : null);

    private LiveCampaign InShort(CampaignSummary campaign)
    {
        if (!_paces.TryGetValue(campaign.Campaign, out var meter))
        {
            _paces.Add(campaign.Campaign, meter = new PaceMeter(source.Time));
        }

        var pace = meter.Observe(campaign.Done, campaign.Total);
        return new LiveCampaign(
            campaign.Campaign.Value,
            SpecNames.Of(campaign.Standing),
            campaign.Done,
            campaign.Total,
            pace.PassesPerSecond is { } rate ? Math.Round(rate, 1) : null,
            (long?)pace.Left?.TotalSeconds,
            campaign.Failures,
            campaign.Note);
    }

    private async Task<ChosenCampaign?> AtLengthAsync(CampaignSummary? chosen, CancellationToken cancel)
    {
        if (chosen is null)
        {
            return null;
        }

        var details = await AskAsync<CampaignDetails>(new ShowCampaign(chosen.Campaign), cancel);
        var cells = await AskAsync<CellList>(new ListCells(chosen.Campaign), cancel);
        return new ChosenCampaign(
            chosen.Campaign.Value,
            [.. details.Runs.Select(run => new LiveRun(run.Run.Value, run.EpochsDone, run.Epochs, run.ShardsDone, run.Shards, run.GivenUp))],
            [.. cells.Cells.Select(AtLength)],
            [.. details.Pipelines.Select(AtLength)],
            [.. details.Failures.SelectMany(failure => new FactNarrator().Tell(failure, recovered: false))],
            Stamp(Path.Combine(source.FolderOf(chosen.Campaign), CampaignReport.ResultsFile)));
    }

    private static LiveCell AtLength(CellStatus cell) => new(
        cell.Run.Value,
        cell.Protocol,
        cell.Attack,
        cell.Epsilon,
        cell.Measured == 0 ? null : (double)cell.Correct / cell.Measured,
        cell.ZeroFraction,
        cell.Measured,
        cell.Images);

    private static LivePipeline AtLength(PipelineStatus pipeline) => new(
        pipeline.Pipeline,
        pipeline.Run.Value,
        pipeline.Work,
        pipeline.Progress?.Done ?? 0,
        pipeline.Progress?.Total ?? 0,
        pipeline.Progress?.Loss,
        pipeline.Progress?.Accuracy,
        pipeline.Progress?.ZeroFraction,
        [.. pipeline.Groups.Select(group => new LiveGroup(
            group.Group,
            group.Layers,
            group.Device.ToString(),
            group.WeightBytes,
            Math.Round(group.FramesPerSecond, 1),
            (long)group.BytesPerSecond,
            group.SpikeZeros,
            group.GradientZeros))]);

    /// <summary>Changes whenever the file does; null where there is none.</summary>
    private static string? Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}") : null;
    }

    private async Task<TReply> AskAsync<TReply>(ICampaignRequest request, CancellationToken cancel)
    {
        var campaigns = await source.Campaigns.WaitAsync(source.AnswerTimeout, cancel);
        return await campaigns.Ask<object>(request, source.AnswerTimeout, cancel) switch
        {
            TReply reply => reply,
            RequestRefused refused => throw new RefusedException(refused.Reason),
            var other => throw new RefusedException($"the supervisor answered with {other.GetType().Name}: does another version run there?"),
        };
    }
}
