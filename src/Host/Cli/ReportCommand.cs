using System.CommandLine;
using SpikeTrail.Host.Reports;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail report</c>: tables and figures again, from a campaign's results and samples alone.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A campaign's output folder." };
        var command = new Command("report", "Write report.html, report.md, tables and figures again and print the main table, from results.json, provenance.json and samples.json alone.") { folder };
        command.SetAction(parsed =>
        {
            var directory = parsed.GetRequiredValue(folder);
            var report = CampaignReport.Load(directory);
            ConsoleReport.Print(report, report.Save(directory));
            if (ConsoleReport.Damage(report) is { } warning)
            {
                Console.Error.WriteLine(warning);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
