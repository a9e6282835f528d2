using System.CommandLine;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Actors.Placement;
using SpikeTrail.Host.Palettes;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail placement</c>: what a campaign's networks take, layer by layer, and where they would be cut.</summary>
internal static class PlacementCommand
{
    public static Command Create()
    {
        var campaign = new Argument<string>("CAMPAIGN.conf") { Description = "The campaign, a HOCON file." };
        var data = CampaignOptions.Data();
        var set = CampaignOptions.Set();
        var devices = new Option<string>("--devices")
        {
            Description = "How many devices like this one to place it on.",
            HelpName = "N",
            DefaultValueFactory = _ => "1",
        };
        var command = new Command("placement", "Measure a campaign's networks layer by layer on this machine, and show where they are cut.") { campaign, devices, data, set };
        command.SetAction(parsed =>
        {
            var count = int.TryParse(parsed.GetRequiredValue(devices), out var number) && number is >= 1 and <= 7
                ? number
                : throw new InputException($"--devices: expected a number from 1 to 7, got {parsed.GetRequiredValue(devices)}");
            var settings = CampaignFile.Load(parsed.GetRequiredValue(campaign), parsed.GetRequiredValue(set));
            var prepared = PreparedCampaign.Prepare(new CampaignJob(settings.Campaign, settings.Pipeline, "", CampaignOptions.ExistingFolder(parsed.GetValue(data))));
            DeviceOffer[] offers = [.. Enumerable.Range(1, count).Select(index => new DeviceOffer(
                new DeviceId($"device {index}", settings.Pipeline.Devices[0]), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 1, 1))];
            foreach (var run in prepared.Runs.DistinctBy(run => (run.Context.Run.Network, run.Context.Run.DataSet)))
            {
                Show(run, offers);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(PreparedRun run, DeviceOffer[] offers)
    {
        var blocks = run.Context.MeasureBlocks(offers[0].Device.Device);
        var plan = PlacementPlan.Choose(blocks, run.Context.Pipeline.LayerGroups, offers);
        var total = blocks.Sum(block => block.Seconds);
        var table = new TextTable("layer", ">ms a step", ">share", ">memory", ">group", "device");
        for (var (index, group) = (0, 0); index < blocks.Count; index++)
        {
            group += plan.Cut.Contains(index) ? 1 : 0;
            table.Add(
                blocks[index].Layer, Numbers.Loss(blocks[index].Seconds * 1e3), Numbers.PercentSign(blocks[index].Seconds / total), Bytes.Text(blocks[index].Bytes), Numbers.Plain(group), plan.Devices[group].ToString());
        }

        Console.WriteLine($"{run.Id}, batches of {run.Context.Campaign.Training.BatchSize}:");
        Console.WriteLine(table.ToPlain());
    }
}
