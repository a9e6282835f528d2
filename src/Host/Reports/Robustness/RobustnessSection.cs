using SpikeTrail.Host.Reports.Document;
using SpikeTrail.Host.Reports.Figures;

namespace SpikeTrail.Host.Reports.Robustness;

/// <summary>What a report says of its own numbers: which checks each network passed, and what was found.</summary>
internal static class RobustnessSection
{
    public const string Title = "Is the robustness real?";

    /// <summary>What runs the checks that were not asked for.</summary>
    public const string Command = "spiketrail run CAMPAIGN --out NEW-FOLDER --set campaign.checks=on";

    // More would make the table wider than a page.
    private const int MostColumns = 3;

    // More names would make a paragraph of a line.
    private const int MostNames = 4;

    /// <summary>The verdicts in a line, such as <c>1 network reliable, 2 unreliable (a, strict; b, strict)</c>; empty where nothing was attacked.</summary>
    public static string Summary(IReadOnlyList<NetworkVerdict> verdicts) => string.Join(
        ", ",
        from network in verdicts
        group network by network.Verdict into alike
        orderby alike.Key
        select $"{Numbers.Count(alike.Count())} {NetworkVerdict.Word(alike.Key)} ({Names([.. alike.Select(network => network.Where)])})");

    private static string Names(IReadOnlyList<string> names) =>
        string.Join("; ", names.Take(MostNames)) + (names.Count > MostNames ? $"; and {Numbers.Count(names.Count - MostNames)} more" : "");

    public static void Write(ReportDocument text, CampaignReport report)
    {
        text.Heading(2, Title);
        var verdicts = NetworkVerdict.Of(report.Results, report.Gaps);
        if (verdicts.Count == 0)
        {
            text.Paragraph("No attack has been measured yet.");
            return;
        }

        text.Paragraph("Whether accuracy under attack is robustness, or the attack is weak. **Unreliable**: a check proves that the accuracy is no bound worth stating. **Doubtful**: something was "
            + "not measured or cannot be told, or a stronger attack says the better number. **Reliable**: every check was made and passed, that of another network's images where the campaign has one; that is a necessary sign, not a proof.");
        text.Table(verdicts.Count > MostColumns ? Overview(verdicts) : Table(verdicts));

        foreach (var network in verdicts)
        {
            text.Heading(3, $"{network.Where}: {NetworkVerdict.Word(network.Verdict)}");
            text.Bullets(Findings(network));
        }

        if (verdicts.Any(network => network.Cells.Run.Checks is null))
        {
            text.Paragraph($"What the campaign did not ask for, this measures, on all test images or the first so many: `{Command}`.");
        }

        text.Draw(CampaignFigures.LossAlong(report.Results));
    }

    /// <summary>A row for each of many networks.</summary>
    private static TextTable Overview(IReadOnlyList<NetworkVerdict> networks)
    {
        var table = new TextTable("network", "verdict", "failed", ">passed", ">not measured");
        foreach (var network in networks)
        {
            var failed = string.Join(", ", network.Reasons.Select(check => check.Check.Name));
            table.Add(network.Where, NetworkVerdict.Word(network.Verdict), failed.Length > 0 ? failed : TableCell.None, Count(CheckOutcome.Passed), Count(CheckOutcome.NotMeasured));

            TableCell Count(CheckOutcome outcome) => TableCell.Count(network.Results.Count(check => check.Result.Outcome == outcome));
        }

        return table;
    }

    /// <summary>A column for each of a few networks, a row for each check.</summary>
    private static TextTable Table(IReadOnlyList<NetworkVerdict> networks)
    {
        var table = new TextTable(["check", .. networks.Select(network => network.Where)]);
        foreach (var (index, check) in RobustnessCheck.All.Index())
        {
            table.Add([check.Name, .. networks.Select(network => Word(network.Results[index].Result.Outcome))]);
        }

        table.Add(["verdict", .. networks.Select(network => NetworkVerdict.Word(network.Verdict))]);
        return table;
    }

    private static string Word(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "✓ passed",
        CheckOutcome.Failed => "✗ failed",
        CheckOutcome.NotMeasured => "– not measured",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "no such outcome"),
    };

    /// <summary>What failed, the gravest first; what passed, with its numbers; what was not measured, and why.</summary>
    private static IEnumerable<string> Findings(NetworkVerdict network) =>
        network.Reasons.Select(check => $"✗ **{check.Check.Name}:** {check.Result.What}. {check.Result.Meaning}")
            .Concat(network.Results.Where(check => check.Result.Outcome == CheckOutcome.Passed).Select(check => $"✓ **{check.Check.Name}:** {check.Result.What}."))
            .Concat(
                from check in network.Results
                where check.Result.Outcome == CheckOutcome.NotMeasured
                group check.Check.Name by check.Result.What into alike
                select $"– Not measured, {alike.Key}: {string.Join(", ", alike)}.");
}
