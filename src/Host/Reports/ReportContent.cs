using System.Globalization;
using System.Text.RegularExpressions;
using SpikeTrail.Host.Reports.Document;
using SpikeTrail.Host.Reports.Figures;
using SpikeTrail.Host.Reports.Robustness;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>What a report says, whatever it is written as: what came out, whether to believe it, and how it was measured.</summary>
internal static partial class ReportContent
{
    // What more of them would say is said by the file.
    private const int MostGaps = 20;

    // A table with more rows is folded away, or nobody would find what follows it.
    private const int MostRows = 40;

    private const string Chance = "p < 0.05 after Holm's correction over all differences of the table. The test counts the images of all seeds as if each were another one; "
        + "whether another seed would show the same, only the spread can tell.";

    public static ReportDocument Of(CampaignReport report)
    {
        var text = new ReportDocument { HasTableFiles = true };
        Head(text, report);
        Damage(text, report.Gaps);
        Accuracy(text, report.Results);
        Protocols(text, report.Results);
        RobustnessSection.Write(text, report);
        Samples(text, report.Samples);
        Sparsity(text, report.Results);
        Theorems(text, report.Results);
        Paper(text, new PaperComparison(report.Results));
        Training(text, report.Results);
        Failures(text, report);
        Method(text, report.Results);
        Origin(text, report.Provenance);
        return text;
    }

    private static void Head(ReportDocument text, CampaignReport report)
    {
        var campaign = report.Results.Campaign;
        text.Heading(1, campaign.Name);
        if (!campaign.Complete)
        {
            text.Paragraph($"**Incomplete:** {Missing(report.Results)}. Run the campaign again with the same output folder to continue it.");
        }

        if (RobustnessSection.Summary(NetworkVerdict.Of(report.Results, report.Gaps)) is { Length: > 0 } verdicts)
        {
            text.Paragraph($"**{RobustnessSection.Title}** {verdicts}.");
        }
    }

    /// <summary>Work that failed is not the same as work that nobody came to yet.</summary>
    private static string Missing(CampaignResults results)
    {
        var missing = results.Runs.SelectMany(run => run.Missing).ToList();
        var (all, errored) = (missing.Count + results.Runs.Sum(run => run.Cells.Count + (run.Checks?.Count ?? 0)), missing.Count(cell => cell.Errored));
        return missing.Count == 0
            ? "not every cell has been measured yet"
            : $"of {Numbers.Count(all, "cell", "cells")}, {Numbers.Count(errored)} errored (their work was given up after repeated failures, see Failures) and {Numbers.Count(missing.Count - errored)} are unfinished";
    }

    private static void Damage(ReportDocument text, IReadOnlyList<Gap> gaps)
    {
        if (gaps.Count == 0)
        {
            return;
        }

        text.Heading(2, "What is missing");
        text.Paragraph("The files this report is made of are damaged, or were written by another version. It shows what of them could be read; this could not:");
        var kinds = gaps.GroupBy(gap => (gap.File, AnyPlace().Replace(gap.Path, "[…]"), AnyPlace().Replace(gap.Outcome, "[…]"))).ToList();
        text.Bullets(kinds.Take(MostGaps).Select(alike => Of(alike.First(), alike.Count() - 1)));
        if (kinds.Count > MostGaps)
        {
            text.Paragraph($"And {Numbers.Count(kinds.Count - MostGaps)} more of other kinds.");
        }
    }

    private static string Of(Gap gap, int alike) =>
        $"`{gap.File}`, `{gap.Path}`: {gap.Problem}; {gap.Outcome}{(alike == 0 ? "" : $" (and {Numbers.Count(alike, "place", "places")} like it)")}.";

    private static void Accuracy(ReportDocument text, CampaignResults results)
    {
        text.Heading(2, "Accuracy");
        var table = AccuracyTable.Of(results);
        if (table.Rows == 0)
        {
            text.Paragraph("Nothing has been measured yet.");
            return;
        }

        text.Paragraph("Test images classified correctly, in per cent: the clean ones, and under each attack at each budget eps, in units of 1/255 (`pgd 8`). In small print: "
            + "the 95 % confidence interval (Wilson) of one seed, or ± the standard deviation over several, whose mean then stands above. Input zeros: exact zeros "
            + "in the gradient of the loss with respect to the image, in per cent, where the attack of the smallest budget starts.");
        text.Paragraph($"**Bold** is the best of networks that differ in their pooling alone. Their difference is in points; {TableCell.Mark} marks those that chance does not explain: {Chance}");
        text.Table(table);
        text.Table(AccuracyTable.BySeed(results), "Each seed by itself");
        text.Draw(CampaignFigures.Accuracy(results));
        text.Draw(CampaignFigures.TradeOff(results));
    }

    private static void Protocols(ReportDocument text, CampaignResults results)
    {
        var table = ProtocolTable.Of(results);
        if (table.Rows > 0)
        {
            text.Heading(2, "Protocols side by side");
            text.Paragraph($"The same network under different rules, which \"How it was measured\" spells out. A difference is in points, to strict (or, without it, to the first); {TableCell.Mark} as above.");
            text.Table(table);
        }
    }

    private static void Samples(ReportDocument text, CampaignSamples? samples)
    {
        if (samples is null)
        {
            return;
        }

        text.Heading(2, "What it looks like");
        text.Paragraph("A few images, and what the neurons fired for them: samples for the eye. No number elsewhere in this report comes from them.");
        text.Draw(SampleFigures.Examples(samples));
        text.Draw(SampleFigures.RatesAlong(samples));
        text.Draw(SampleFigures.RatesOverTime(samples));
        text.Draw(SampleFigures.Rasters(samples));
    }

    private static void Sparsity(ReportDocument text, CampaignResults results)
    {
        var byKind = SparsityTables.ByKind(results);
        if (byKind.Rows == 0)
        {
            return;
        }

        text.Heading(2, "Gradient sparsity");
        text.Paragraph("Share of exact zeros in the gradient with respect to an operation's input, averaged over the modules of a kind. In small print: ± the standard deviation over several seeds, whose mean then stands above.");
        text.Table(byKind);
        var stemPool = SparsityTables.StemPool(results);
        if (stemPool.Rows > 0)
        {
            text.Paragraph("The stem's pool by itself. A maximum over 3×3 with stride 2 passes each gradient to one of its inputs, which alone leaves about "
                + "three quarters of its input side zero; published figures may be the mean of both sides.");
            text.Table(stemPool);
        }

        text.Draw(CampaignFigures.Sparsity(results));
        text.Draw(CampaignFigures.Norms(results));
    }

    private static void Theorems(ReportDocument text, CampaignResults results)
    {
        var (vulnerability, density) = (TheoremTables.Vulnerability(results), TheoremTables.Density(results));
        if (vulnerability.Rows + density.Rows == 0)
        {
            return;
        }

        text.Heading(2, "The theorems, measured");
        if (vulnerability.Rows > 0)
        {
            text.Paragraph("Theorem 4.1 says 3 ≤ rho_adv / rho_rand ≤ 3 l0 of the gradient, where the network is linear within the budget; there the ratio is 3 l1² / l2². "
                + "rho is the mean square change of the true class's probability: rho_adv under the attack itself, which is a lower bound of the worst case, rho_rand under "
                + "perturbations drawn uniformly from the budget and put back into [0, 1]. A ratio far from the estimate has several possible causes: the network is not linear within "
                + "the budget, the attack is weak, perturbations are cut off at 0 and 1 or rounded to bytes, or the gradient goes straight through a code that is not the identity.");
            text.Table(vulnerability, vulnerability.Rows > MostRows ? "Every cell" : null);
        }

        if (density.Rows > 0)
        {
            text.Paragraph("Theorem 4.4 ties the density of weight gradients to that of input gradients. Share of entries that are not zero, averaged over the convolutions. "
                + "Much of it is geometry: a 1×1 convolution with stride 2 never reads three of four pixels, and a padded 3×3 kernel on a map of one or two pixels has taps that never "
                + "meet one. A weight's gradient is summed over the batch and all time steps, an input's is not:");
            text.Table(density);
        }
    }

    private static void Paper(ReportDocument text, PaperComparison comparison)
    {
        if (!comparison.Any)
        {
            return;
        }

        text.Heading(2, "Beside the paper");
        text.Paragraph(Invariant($"The paper is Luu et al., arXiv 2509.23762. Its accuracies are in per cent, under attack at eps {PaperRows.Epsilon}, PGD with ")
            + Invariant($"{PaperRows.PgdIterations} steps of {PaperRows.PgdStepSize}/255; its code measures as the protocol `as-published` does. A difference is what was measured ")
            + "minus what was published, in percentage points.");
        foreach (var (runs, size) in comparison.Smaller)
        {
            text.Paragraph($"**Smaller than the paper's:** {size} ({runs}). Differences then show what so little training or testing gives, not whether the paper's figures can be had.");
        }

        foreach (var dataSet in comparison.DataSets)
        {
            text.Heading(3, dataSet);
            text.Table(comparison.Accuracies(dataSet));
        }

        var sparsity = comparison.Sparsity();
        if (sparsity.Rows > 0)
        {
            text.Heading(3, "Figures 3 and 5: where the gradient vanishes");
            text.Paragraph("Share of exact zeros in the gradient, averaged over the modules of a kind. The difference is taken from the mean of both sides, which is "
                + "what the paper's 37.88 % for max pooling appears to be: half of 75.76 %.");
            text.Table(sparsity);
        }

        var missing = comparison.Missing();
        if (missing.Rows > 0)
        {
            text.Heading(3, "Not in this campaign");
            text.Table(missing);
        }
    }

    private static void Training(ReportDocument text, CampaignResults results)
    {
        foreach (var (run, i) in results.Runs.Where(run => run.Epochs.Count > 0).Select((run, i) => (run, i)))
        {
            if (i == 0)
            {
                text.Heading(2, "Training");
            }

            text.Table(TrainingTable.Of(run), ProtocolCells.NameOf(run));
        }

        text.Draw(CampaignFigures.Training(results));
    }

    private static void Failures(ReportDocument text, CampaignReport report)
    {
        text.Heading(2, "Failures");
        var errored = new TextTable("network", "data set", ">seed", "protocol", "attack", ">eps");
        foreach (var (run, cell) in from run in report.Results.Runs from cell in run.Missing where cell.Errored select (run, cell))
        {
            errored.Add(run.Network.Name, run.Dataset.Name, Numbers.Plain(run.Seed), cell.Protocol, cell.Attack, Numbers.Epsilon(cell.Epsilon));
        }

        if (errored.Rows > 0)
        {
            text.Paragraph("Cells that errored: they have no result, because the work they wait for was given up when it was last tried.");
            text.Table(errored);
        }

        Failures(text, report.Provenance);
    }

    private static void Failures(ReportDocument text, Provenance? provenance)
    {
        if (provenance is not { Failures.Count: > 0 })
        {
            text.Paragraph(provenance is null ? $"Unknown: there is no {CampaignReport.ProvenanceFile} beside the results." : "None.");
            return;
        }

        var table = new TextTable("run", "work", ">attempt", "outcome", "reason");
        foreach (var failure in provenance.Failures)
        {
            table.Add(failure.Run, failure.Work, Numbers.Plain(failure.Attempt), failure.GaveUp ? "given up" : "tried again", failure.Reason);
        }

        text.Table(table);
    }

    private static void Method(ReportDocument text, CampaignResults results)
    {
        text.Heading(2, "How it was measured");
        text.Bullets(
        [
            .. results.Runs.Select(run => run.Network).Distinct().Select(Of),
            .. results.Runs.Select(run => run.Dataset).Distinct().Select(Of),
            .. results.Runs.SelectMany(run => run.Cells.Concat(run.Checks ?? [])).Where(cell => cell.Restarts > 0).GroupBy(cell => cell.Attack)
                .Select(cells => $"Attack **{cells.Key}**: {AttackSettings(cells)}"),
            .. results.Campaign.Protocols.Select(protocol => $"Protocol **{protocol.Name}**: {ProtocolRules.Of(protocol)}"),
        ]);
        text.Paragraph("All attacks are bounded in the maximum norm and maximise the cross-entropy. With several restarts an image counts as correct only if it withstands all of them. "
            + "Gradients are counted in the attack's first step, where FGSM is at the image itself; a zero is an exact zero.");
    }

    private static string Of(NetworkSection network) =>
        Invariant($"Network **{network.Name}**: {network.Family}, {network.Depth} layers, width {network.Width}, {network.Pool} pooling in the stem, {network.Connection} connections, ")
        + $"{network.Neuron} neurons, batch norm over {network.BatchNorm}, {network.Precision}, {Numbers.Count(network.Parameters)} parameters"
        + (network.Weights is { } weights ? $", started from a file of weights, SHA-256 {weights}." : ".");

    private static string Of(DataSetSection data) =>
        $"Data set **{data.Name}**: {Numbers.Count(data.TrainingImages)} training and {Numbers.Count(data.TestImages)} test images of {Numbers.Count(data.Classes)} classes, "
        + Invariant($"shown for T = {data.TimeSteps} time steps in {data.Encoder} code.");

    private static string AttackSettings(IEnumerable<CellResult> cells) => cells.First() is { Transfer: { } transfer }
        ? $"the images that {transfer.Attack} made on another network ({string.Join(", ", cells.Select(cell => cell.Transfer?.Network).OfType<string>().Distinct())})."
        : AttackSettings(cells.First());

    private static string AttackSettings(CellResult attack) => attack.Iterations == 0 ? $"{Numbers.Count(attack.Restarts, "image", "images")} drawn uniformly from within the budget."
        : ProtocolCells.IsSingleStep(attack) ? "one step of length eps along the gradient's sign."
        : Invariant($"{Numbers.Count(attack.Iterations, "step", "steps")} of length {Numbers.Epsilon(attack.StepSize)}/255 along the gradient's sign, ")
          + $"{Numbers.Count(attack.Restarts, "start", "starts")}.";

    private static void Origin(ReportDocument text, Provenance? provenance)
    {
        if (provenance is null)
        {
            return;
        }

        text.Heading(2, "Where and when");
        var finished = provenance.Finished is { } end ? Invariant($"finished {end:yyyy-MM-dd HH:mm:ss zzz}") : "not finished";
        text.Paragraph(Invariant(
            $"SpikeTrail {provenance.Spiketrail} with libtorch {provenance.Libtorch} on {provenance.Host} ({string.Join(", ", provenance.Devices)}; ")
            + Invariant($"{Numbers.Count(provenance.Threads, "thread", "threads")} a layer group). Started {provenance.Started:yyyy-MM-dd HH:mm:ss zzz}, {finished}; ")
            + Invariant($"{provenance.Timings.Sum(timing => timing.Seconds):0} seconds of work."));
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex AnyPlace();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
