using SpikeTrail.Actors.Configuration;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>The palette <c>campaign</c>.</summary>
internal static class CampaignPalette
{
    private static readonly ArgumentDefinition File = new(
        "file", ["-f", "--file"], "A campaign file on the node's machine, or the name of a campaign that comes with SpikeTrail, such as demo.", Mandatory: true, IsDefault: true, IsFile: true);

    private static readonly ArgumentDefinition Name = new("name", ["-n", "--name"], "What to call it; its own name by default.");

    private static readonly ArgumentDefinition Set = new(
        "key=value", ["-s", "--set"], "Override one key of the file, such as campaign.training.epochs=3.", Multiple: true);

    private static readonly ArgumentDefinition Scale = new(
        "share", ["-x", "--scale"], "Run it smaller: this share of its epochs and images, above 0 and up to 1.");

    private static readonly ArgumentDefinition Campaign = new("campaign", ["-c", "--campaign"], "The campaign's name.", Mandatory: true, IsDefault: true);

    public static Palette Palette { get; } = new("campaign", "Start campaigns, watch them and steer them.",
    [
        new(new("start", "Start a campaign from a file.", [File, Name, Set, Scale]), Start),
        new(new("list", "List all campaigns.", []), (_, _) => CommandAction.Ask.For<CampaignList>(new ListCampaigns(), CampaignText.Of)),
        new(
            new("status", "Show one campaign: its runs, its pipelines, and what failed.", [Campaign]),
            (arguments, _) => CommandAction.Ask.For<CampaignDetails>(new ShowCampaign(arguments.Campaign(Campaign)), CampaignText.Of)),
        new(
            new("tail", "Follow a campaign until it ends, or until Ctrl+C.", [Campaign]),
            (arguments, context) => new CommandAction.Stream(client => CampaignTail.Props(context, arguments.Campaign(Campaign), client))),
        new(
            new("pause", "Hold a campaign: its devices are free for others, what is done is kept.", [Campaign]),
            (arguments, _) => CommandAction.Ask.ToBeDone(new PauseCampaign(arguments.Campaign(Campaign)))),
        new(
            new("resume", "Go on with a paused campaign.", [Campaign]),
            (arguments, _) => CommandAction.Ask.ToBeDone(new ResumeCampaign(arguments.Campaign(Campaign)))),
        new(
            new("cancel", "End a campaign for good; what was measured stays.", [Campaign]),
            (arguments, _) => CommandAction.Ask.ToBeDone(new CancelCampaign(arguments.Campaign(Campaign)))),
        new(
            new("retry", "Take up again what failed too often.", [Campaign]),
            (arguments, _) => CommandAction.Ask.ToBeDone(new RetryCampaign(arguments.Campaign(Campaign)))),
        new(new("report", "Write the report from what is measured so far, and show its main table.", [Campaign]), Report),
    ]);

    private static CommandAction.Ask Start(CommandArguments arguments, PaletteContext context)
    {
        var share = CampaignScale.Parse(arguments.TextOrNull(Scale) ?? "1");
        var settings = Load(arguments.Text(File), arguments.Texts(Set));
        var campaign = arguments.CampaignIdOf(Name, arguments.TextOrNull(Name) ?? settings.Campaign.Name);
        return CommandAction.Ask.ToBeDone(new SubmitCampaign(campaign, CampaignScale.Apply(settings.Campaign, share), settings.Pipeline));
    }

    /// <summary>A word without a folder or an ending is a bundled campaign's name, unless a file has it too.</summary>
    private static CampaignSettings Load(string file, IEnumerable<string> overrides) =>
        System.IO.File.Exists(file) || file.Contains('/', StringComparison.Ordinal) || Path.HasExtension(file)
            ? CampaignFile.Load(Path.GetFullPath(file), overrides)
            : CampaignFile.LoadBundled(file, overrides);

    private static CommandAction.Say Report(CommandArguments arguments, PaletteContext context)
    {
        var campaign = arguments.Campaign(Campaign);
        var folder = Path.Combine(context.CampaignsFolder, campaign.Value);
        if (!System.IO.File.Exists(Path.Combine(folder, CampaignReport.ResultsFile)))
        {
            throw new RefusedException($"{campaign}: no results at {Path.Combine(folder, CampaignReport.ResultsFile)} yet; `campaign list` shows which campaigns there are");
        }

        using var text = new StringWriter { NewLine = "\n" };
        var report = CampaignReport.Load(folder);
        ConsoleReport.Print(text, report, report.Save(folder));
        text.WriteLine(ConsoleReport.Damage(report));
        return new(text.ToString().Trim('\n'));
    }
}
