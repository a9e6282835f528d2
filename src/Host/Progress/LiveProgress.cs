using Spectre.Console;

namespace SpikeTrail.Host.Progress;

/// <summary>Progress on a terminal: a bar for the campaign and one for what it is at, facts scrolling by above them.</summary>
internal sealed class LiveProgress(IAnsiConsole console, TimeProvider time) : IProgressDisplay
{
    public Task ShowAsync(IAsyncEnumerable<Notice> notices) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => ShowAsync(notices, context));

    private async Task ShowAsync(IAsyncEnumerable<Notice> notices, ProgressContext context)
    {
        var pace = new PaceMeter(time);
        var campaign = context.AddTask("campaign", maxValue: 1);
        var activity = context.AddTask("starting", maxValue: 1);
        await foreach (var notice in notices)
        {
            switch (notice)
            {
                case Notice.Line line:
                    console.WriteLine(line.Text);
                    break;

                case Notice.Work { Update: var update }:
                    campaign.Value = ProgressText.Share(update.CampaignDone, update.CampaignTotal);
                    campaign.Description = $"campaign  [grey]{Markup.Escape(ProgressText.PaceOf(pace.Observe(update.CampaignDone, update.CampaignTotal)))}[/]";
                    activity.Value = ProgressText.Share(update.ActivityDone, update.ActivityTotal);
                    activity.Description = $"{Markup.Escape($"{update.Run} {update.Activity}")}  [grey]{Markup.Escape(string.Join(", ", ProgressText.Readings(update)))}[/]";
                    break;
            }
        }
    }
}
