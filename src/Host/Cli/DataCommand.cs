using System.CommandLine;
using SpikeTrail.Host.Doctor;
using SpikeTrail.Host.Reports;
using SpikeTrail.Snn.Data;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail data</c>: the data sets campaigns can name, and whether they are here and whole.</summary>
internal static class DataCommand
{
    public static Command Create() => new("data", "List and verify data sets.") { List(), Verify() };

    private static Command List()
    {
        var data = CampaignOptions.Data();
        var command = new Command("list", "List the data sets that campaigns can name, and where they are.") { data };
        command.SetAction(parsed =>
        {
            var folder = CampaignOptions.ExistingFolder(parsed.GetValue(data));
            var table = new TextTable("data set", ">training", ">test", ">classes", ">size", "found in", "licence");
            foreach (var set in DataCatalog.All)
            {
                var status = DataCatalog.Inspect(set.Name, folder);
                table.Add(
                    set.Name,
                    Numbers.Count(set.TrainingCount),
                    Numbers.Count(set.TestCount),
                    Numbers.Count(set.Classes),
                    $"{Numbers.Plain(set.Channels)}x{Numbers.Plain(set.Side)}x{Numbers.Plain(set.Side)}",
                    status.FoundAt ?? $"not found; {DataOrigin.Url(set)}",
                    set.Licence);
            }

            Console.Write(table.ToPlain());
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Verify()
    {
        var data = CampaignOptions.Data();
        var command = new Command("verify", "Read every data set that is here and check sizes, sums and labels; exit 1 if one is damaged.") { data };
        command.SetAction(parsed =>
        {
            Finding[] findings = [.. DataChecks.Run(CampaignOptions.ExistingFolder(parsed.GetValue(data)))];
            Console.Write(Findings.Format(findings));
            return findings.Any(finding => finding.Verdict == Verdict.Problem) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }
}
