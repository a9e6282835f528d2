using System.CommandLine;
using SpikeTrail.Host.Doctor;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail doctor</c>: whether this machine has what SpikeTrail needs.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var data = CampaignOptions.Data();
        var command = new Command("doctor", "Look at this machine and say what is missing and how to get it.") { data };
        command.SetAction(parsed =>
        {
            Finding[] findings = [.. MachineChecks.Run(), .. LibraryChecks.Run(), .. DataChecks.Run(CampaignOptions.ExistingFolder(parsed.GetValue(data)))];
            Console.Write(Findings.Format(findings));
            return findings.Any(finding => finding.Verdict == Verdict.Problem) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }
}
