using System.CommandLine;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Configuration;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail run</c>: a campaign on this machine, from where it was left.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var campaign = new Argument<string>("CAMPAIGN.conf") { Description = "The campaign, a HOCON file." };
        var output = CampaignOptions.Out("The campaign's own folder: journal, checkpoints, results.json, report.html.");
        output.Required = true;
        var data = CampaignOptions.Data();
        var set = CampaignOptions.Set();
        var scale = new Option<string>("--scale")
        {
            Description = "Run the same campaign smaller: this share of its epochs, training images and test images, above 0 and up to 1.",
            HelpName = "S",
            DefaultValueFactory = _ => "1",
        };
        var command = new Command("run", "Run a campaign on this machine; the same command again resumes it.") { campaign, output, data, set, scale };
        command.SetAction(async parsed =>
        {
            var share = CampaignScale.Parse(parsed.GetRequiredValue(scale));
            var settings = CampaignFile.Load(parsed.GetRequiredValue(campaign), parsed.GetRequiredValue(set));
            var folder = parsed.GetRequiredValue(output);
            var session = await CampaignSession.RunAsync(
                new CampaignJob(CampaignScale.Apply(settings.Campaign, share), settings.Pipeline, folder, CampaignOptions.ExistingFolder(parsed.GetValue(data))));
            if (session is { ExitCode: ExitCode.Done, AnythingNew: false })
            {
                Console.WriteLine($"{folder} was complete already: nothing was left to do");
            }

            return session.ExitCode;
        });
        return command;
    }
}
