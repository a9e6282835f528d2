using System.CommandLine;
using SpikeTrail.Host.Reports.Comparison;
using SpikeTrail.Host.Reports.Document;
using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Cli;

/// <summary><c>spiketrail compare</c>: campaigns side by side, and which of their differences chance does not explain.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("DIR") { Description = "Output folders of campaigns, two or more; the others are compared with the first.", Arity = ArgumentArity.OneOrMore };
        var markdown = new Option<string?>("--markdown") { Description = "Write the comparison here too, as Markdown.", HelpName = "FILE" };
        var json = new Option<string?>("--json") { Description = "Write its numbers here.", HelpName = "FILE" };
        var command = new Command("compare", "Lay campaigns side by side, cell by cell, and tell differences from chance.") { folders, markdown, json };
        command.SetAction(parsed =>
        {
            var (markdownFile, jsonFile) = (OutputFile.Of(parsed, markdown), OutputFile.Of(parsed, json));
            var comparison = CampaignComparison.Of(ComparedCampaign.Load(parsed.GetRequiredValue(folders)));
            Write(markdownFile, MarkdownWriter.Write(ComparisonReport.ToDocument(comparison)));
            Write(jsonFile, ComparisonJson.Write(comparison));
            Console.Write(ComparisonReport.ToPlain(comparison));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(string? file, string text)
    {
        if (file is not null)
        {
            WholeFile.WriteText(file, text);
        }
    }
}
