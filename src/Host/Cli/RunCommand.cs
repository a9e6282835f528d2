using System.CommandLine;
using System.Globalization;
using System.Net;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Host.Telemetry;
using SpikeTrail.Protocol;

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
        var live = new Option<string?>("--live") { Description = "Show a live page in a browser on this machine, at this port; 0 for any that is free.", HelpName = "PORT" };
        var otlp = new Option<string?>("--otlp") { Description = "Send metrics and traces to a collector that takes OTLP over HTTP.", HelpName = "URL" };
        var command = new Command("run", "Run a campaign on this machine; the same command again resumes it.") { campaign, output, data, set, scale, live, otlp };
        command.SetAction(async parsed =>
        {
            var share = CampaignScale.Parse(parsed.GetRequiredValue(scale));
            var settings = CampaignFile.Load(parsed.GetRequiredValue(campaign), parsed.GetRequiredValue(set));
            var folder = parsed.GetRequiredValue(output);
            using var export = OtlpExport.Start(OtlpSettings.Read(otlp.Name, parsed.GetValue(otlp)), folder);
            var session = await CampaignSession.RunAsync(
                new CampaignJob(CampaignScale.Apply(settings.Campaign, share), settings.Pipeline, folder, CampaignOptions.ExistingFolder(parsed.GetValue(data))),
                LivePort(parsed.GetValue(live)));
            if (session is { ExitCode: ExitCode.Done, AnythingNew: false })
            {
                Console.WriteLine($"{folder} was complete already: nothing was left to do");
            }

            return session.ExitCode;
        });
        return command;
    }

    private static int? LivePort(string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort ? port
        : throw new InputException($"--live: expected a port from 0 to {IPEndPoint.MaxPort}, got {text}");
}
