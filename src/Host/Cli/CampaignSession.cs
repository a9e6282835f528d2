using Spectre.Console;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Host.Live;
using SpikeTrail.Host.Progress;
using SpikeTrail.Host.Reports;

namespace SpikeTrail.Host.Cli;

/// <summary>How a campaign at the command line ended.</summary>
/// <param name="ExitCode">What the program returns.</param>
/// <param name="AnythingNew">Whether anything was done that an earlier session had not done.</param>
internal sealed record SessionEnd(int ExitCode, bool AnythingNew);

/// <summary>One sitting of a campaign: runs it or resumes it, shows how it goes, reports what came out.</summary>
internal static class CampaignSession
{
    /// <param name="job">The campaign and its folders.</param>
    /// <param name="livePort">The port of a live page on this machine; 0 for any that is free, null for no page.</param>
    public static async Task<SessionEnd> RunAsync(CampaignJob job, int? livePort = null)
    {
        using var interruption = new Interruption(() => Console.Error.WriteLine("stopping as soon as what is done is safe; Ctrl+C again to end at once"));
        using var feed = new ProgressFeed();
        await using var page = await OpenPageAsync(feed, job, livePort);
        var display = Display().ShowAsync(feed.NoticesAsync());
        var watching = feed.WatchAsync();
        try
        {
            var results = await CampaignRunner.RunAsync(job, feed, interruption.Token);
            feed.End();
            await display;

            var report = CampaignReport.Load(job.OutputFolder);
            ConsoleReport.Print(report, report.Save(job.OutputFolder));
            if (results.Campaign.Complete)
            {
                return new(ExitCode.Done, feed.AnythingNew);
            }

            Console.Error.WriteLine(interruption.Requested
                ? "interrupted; run the same command again to continue"
                : "error: the campaign is incomplete: some of its work failed; run the same command again to retry");
            return new(interruption.Requested ? interruption.ExitCode : ExitCode.Failed, feed.AnythingNew);
        }
        finally
        {
            // After an exception too: the terminal must be itself again before anything is said about it.
            feed.End();
            await display;
            await watching;
        }
    }

    private static async Task<LiveServer?> OpenPageAsync(ProgressFeed feed, CampaignJob job, int? port)
    {
        if (port is null)
        {
            return null;
        }

        // Any other name than the campaign's leads to a folder that has no results.
        var source = new LiveSource(job.OutputFolder, feed.Campaign, campaign => campaign == CampaignRunner.LoneCampaign ? job.OutputFolder : Path.Combine(job.OutputFolder, campaign.Value));
        var page = await LiveServer.StartAsync(source, new LiveEndpoint("127.0.0.1", port.Value));
        Console.WriteLine($"live page at {page.Address}");
        return page;
    }

    private static IProgressDisplay Display() =>
        !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive
            ? new LiveProgress(AnsiConsole.Console, TimeProvider.System)
            : new PlainProgress(Console.Out, TimeProvider.System);
}
