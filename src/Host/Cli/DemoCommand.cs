using System.CommandLine;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Configuration;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail demo</c>: the campaign that ships with the program, on images that ship with it.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var output = CampaignOptions.Out("The demo's own folder.");
        output.DefaultValueFactory = _ => "spiketrail-demo";
        var set = CampaignOptions.Set();
        var command = new Command("demo", "Train and attack a small network on the images that ship with SpikeTrail, and show the result.") { output, set };
        command.SetAction(async parsed =>
        {
            var folder = parsed.GetRequiredValue(output);
            var settings = CampaignFile.LoadBundled("demo", parsed.GetRequiredValue(set));
            var session = await CampaignSession.RunAsync(new CampaignJob(settings.Campaign, settings.Pipeline, folder, DataFolder: null));
            if (session is { ExitCode: ExitCode.Done, AnythingNew: false })
            {
                Console.WriteLine($"the demo was complete already; to run it afresh, delete {folder} or choose another folder with --out");
            }

            return session.ExitCode;
        });
        return command;
    }
}
