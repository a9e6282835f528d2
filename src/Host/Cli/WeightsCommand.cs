using System.CommandLine;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Host.Reports;
using SpikeTrail.Snn.Checkpoints;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail weights</c>: networks as safetensors files, out of a campaign's folder and looked at.</summary>
internal static class WeightsCommand
{
    public static Command Create() => new("weights", "Take a trained network out as a safetensors file, or look into one.") { Export(), Show() };

    private static Command Export()
    {
        var folder = new Argument<string>("DIR") { Description = "A campaign's output folder." };
        var output = new Option<string>("--out") { Description = "The file to write; an older one is replaced.", HelpName = "FILE.safetensors", Required = true };
        var run = new Option<string?>("--run") { Description = "Which run, where the campaign has several.", HelpName = "NETWORK/DATASET/SEED" };
        var command = new Command("export", "Write a run's last checkpoint as one safetensors file with SpikingJelly's keys, without the optimiser's state.") { folder, output, run };
        command.SetAction(async parsed =>
        {
            var path = parsed.GetRequiredValue(output);
            var export = await WeightsExport.WriteAsync(parsed.GetRequiredValue(folder), parsed.GetValue(run), path);
            foreach (var damage in export.Damage)
            {
                Console.Error.WriteLine($"note: a later checkpoint cannot be used: {damage}");
            }

            Console.WriteLine($"{path}: {export.Run} after epoch {Numbers.Plain(export.Epoch)}, {Summary(export.Entries)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Show()
    {
        var file = new Argument<string>("FILE.safetensors") { Description = "The file." };
        var command = new Command("show", "List what is in a safetensors file, and say which network it fits.") { file };
        command.SetAction(parsed =>
        {
            var entries = Weights.Entries(parsed.GetRequiredValue(file));
            var table = new TextTable("key", "dtype", ">shape", ">numbers");
            foreach (var entry in entries)
            {
                table.Add(entry.PrintableName, entry.Type, $"[{string.Join(", ", entry.Shape)}]", Numbers.Count(entry.Count));
            }

            Console.Write(table.ToPlain());
            Console.WriteLine(Summary(entries));
            Console.WriteLine(NetworkOutline.Of(entries) is { } outline
                ? $"fits sew-resnet and spiking-resnet of {outline}; family, pool and neurons cannot be told from weights"
                : "fits no network that can be built here");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Summary(IReadOnlyList<SafeTensorsEntry> entries) =>
        $"{Numbers.Count(entries.Count, "tensor", "tensors")}, {Numbers.Count(Weights.TrainedCount(entries))} trained numbers";
}
