using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports.Figures;

/// <summary>The figures of a campaign, in the order in which a report shows them. What nothing was measured for is left out.</summary>
internal static class CampaignFigures
{
    // More lines than there are colours and marks for would not be told apart.
    public const int MostLines = 8;

    private static readonly (double Low, double High) PerCent = (0, 100);

    /// <summary>Accuracy against the budget (the paper's figure 2): a figure for each data set and protocol, of a few networks at a time.</summary>
    public static IEnumerable<Figure> Accuracy(CampaignResults results) =>
        from figure in Setting.Of(results)
        from lines in figure.Networks.SelectMany(AccuracyLines).Where(line => line.Points.Count > 1).Chunk(MostLines).Index()
        select new Figure(
            FileName("accuracy", figure.DataSet, figure.Protocol, Part(lines.Index)),
            $"Accuracy against eps on {figure.DataSet}, {figure.Protocol}",
            $"Test images classified correctly under each budget; eps 0 is the clean images. {figure.Images} {Seeds(figure)}Bars: 95 % confidence (Wilson).",
            new Chart(new Axis("eps (1/255)"), new Axis("accuracy (%)", Limits: PerCent), lines.Item));

    /// <summary>Zeros of the gradient along the network (figures 3 and 5).</summary>
    public static IEnumerable<Figure> Sparsity(CampaignResults results) => Along(
        results,
        "sparsity",
        "Gradient sparsity along the network",
        "Share of exact zeros in the gradient with respect to each operation's input, from the image to the loss.",
        new Axis("zeros in the gradient (%)", Limits: PerCent),
        operation => 100 * operation.InputZeroFraction);

    /// <summary>Norms of the gradient along the network.</summary>
    public static IEnumerable<Figure> Norms(CampaignResults results) => Along(
        results,
        "norm",
        "Gradient norm along the network",
        "L2 norm of the gradient with respect to each operation's input, averaged over batches. A norm of 0 is not drawn.",
        new Axis("L2 norm of the gradient", Logarithmic: true),
        operation => operation.InputNorm);

    /// <summary>The trade-off itself: clean accuracy against accuracy under the strongest attack that takes gradients at the largest budget, with the gradient's zeros named.</summary>
    public static IEnumerable<Figure> TradeOff(CampaignResults results)
    {
        foreach (var setting in Setting.Of(results))
        {
            var budgets = setting.Cells.SelectMany(cells => cells.Attacked).Where(cell => cell.Iterations > 0).Select(cell => cell.Epsilon).ToList();
            if (budgets.Count == 0)
            {
                continue;
            }

            var epsilon = budgets.Max();
            var points = (
                from network in setting.Networks
                from cells in network.Seeds
                let worst = cells.Attacked.Where(cell => cell.Iterations > 0 && cell.Epsilon == epsilon).MinBy(AccuracyOf)
                let clean = cells.Clean
                where clean is not null && worst is not null
                select new Series(
                    $"{cells.Run.Network.Name}, seed {Numbers.Plain(cells.Run.Seed)}: {Numbers.PercentSign(worst.InputGradient.ZeroFraction)} zeros",
                    [new ChartPoint(AccuracyOf(clean), AccuracyOf(worst), Share(worst.Correct, worst.Total), worst.Attack)],
                    Joined: false)).ToList();
            foreach (var (part, series) in points.Chunk(MostLines).Index())
            {
                yield return new Figure(
                    FileName("trade-off", setting.DataSet, setting.Protocol, Part(part)),
                    $"Accuracy and robustness on {setting.DataSet}, {setting.Protocol}",
                    $"Each network's accuracy on clean images and under the strongest attack measured at eps {Numbers.Epsilon(epsilon)}/255; the legend says what share of its input "
                    + $"gradient is exactly zero. {setting.Images} Bars: 95 % confidence (Wilson).",
                    new Chart(new Axis("clean accuracy (%)"), new Axis("accuracy under attack (%)", Limits: PerCent), series));
            }
        }
    }

    /// <summary>The loss along iterated attacks at the largest budget, step by step.</summary>
    public static IEnumerable<Figure> LossAlong(CampaignResults results) =>
        from setting in Setting.Of(results)
        let lines = (from network in setting.Networks
                     from cells in network.Seeds.Take(1)
                     where cells.Epsilons.Count > 0
                     from cell in cells.Attacked.Concat(cells.Checks)
                     where cell.Iterations > 1 && cell.Epsilon == cells.Epsilons[^1] && cells.LossesAlong(cell).Count > 1
                     select new Series(
                         $"{network.Name}, {cell.Attack} at eps {Numbers.Epsilon(cell.Epsilon)}",
                         [.. cells.LossesAlong(cell).Index().Select(loss => new ChartPoint(loss.Index, loss.Item))])).ToList()
        from chunk in lines.Chunk(MostLines).Index()
        select new Figure(
            FileName("attack-loss", setting.DataSet, setting.Protocol, Part(chunk.Index)),
            $"Loss along the attack on {setting.DataSet}, {setting.Protocol}",
            $"Mean cross-entropy of the attacked images after each step of the attack's first start. {setting.Images} The first seed of each network; checks may have fewer images.",
            new Chart(new Axis("steps"), new Axis("cross-entropy"), chunk.Item));

    /// <summary>Losses and accuracy by epoch.</summary>
    public static IEnumerable<Figure> Training(CampaignResults results)
    {
        var trained = results.Runs.Where(run => run.Epochs.Count > 1).ToList();
        foreach (var (part, runs) in trained.Chunk(MostLines / 2).Index())
        {
            yield return new Figure(
                FileName("loss", Part(part)),
                "Losses by epoch",
                "Mean cross-entropy over the training images of an epoch, while the weights move, and over the test images after it.",
                new Chart(new Axis("epoch", Whole: true), new Axis("cross-entropy"), [.. runs.SelectMany(run => Losses(run, trained))]));
        }

        foreach (var (part, runs) in trained.Chunk(MostLines).Index())
        {
            yield return new Figure(
                FileName("epoch-accuracy", Part(part)),
                "Clean accuracy by epoch",
                $"Test images classified correctly after each epoch. {ImagesOf(runs)} Bars: 95 % confidence (Wilson).",
                new Chart(new Axis("epoch", Whole: true), new Axis("accuracy (%)", Limits: PerCent), [.. runs.Select(run => EpochAccuracy(run, trained))]));
        }
    }

    private static IEnumerable<Series> Losses(RunResult run, IReadOnlyList<RunResult> among)
    {
        yield return new Series($"{NameAmong(run, among)}, training", [.. run.Epochs.Select(epoch => new ChartPoint(epoch.Epoch, epoch.TrainingLoss))]);
        yield return new Series($"{NameAmong(run, among)}, test", [.. run.Epochs.Select(epoch => new ChartPoint(epoch.Epoch, epoch.TestLoss))]);
    }

    private static Series EpochAccuracy(RunResult run, IReadOnlyList<RunResult> among)
    {
        var images = run.Dataset.TestImages;
        return new Series(
            NameAmong(run, among),
            [.. run.Epochs.Select(epoch => new ChartPoint(epoch.Epoch, 100 * epoch.CleanAccuracy, Share((int)Math.Round(epoch.CleanAccuracy * images), images)))]);
    }

    /// <summary>One line for the clean images and each attack, all seeds of a network together.</summary>
    private static IEnumerable<Series> AccuracyLines(NetworkCells network) =>
        from attack in network.Seeds.SelectMany(cells => cells.Attacked).Select(cell => cell.Attack).Distinct()
        let cells = network.Seeds.SelectMany(seed => seed.Attacked.Where(cell => cell.Attack == attack).Append(seed.Clean)).OfType<CellResult>()
        select new Series(
            $"{network.Name}, {attack}",
            [
                .. from budget in cells.GroupBy(cell => cell.Epsilon).OrderBy(budget => budget.Key)
                   let correct = budget.Sum(cell => cell.Correct)
                   let total = budget.Sum(cell => cell.Total)
                   where total > 0
                   select new ChartPoint(budget.Key, 100.0 * correct / total, Share(correct, total)),
            ]);

    private static IEnumerable<Figure> Along(
        CampaignResults results, string name, string title, string caption, Axis axis, Func<OperationResult, double> figureOf) =>
        from setting in Setting.Of(results)
        let measured = (from network in setting.Networks
                        let cell = network.Seeds.Select(seed => seed.Gradient()).FirstOrDefault(cell => cell is not null)
                        where cell is not null
                        select (network.Name, cell.Operations)).ToList()
        // Networks whose operations have the same names stand above each other.
        from alike in measured.GroupBy(network => string.Join('\n', network.Operations.Select(operation => operation.Module)))
        from chunk in alike.Chunk(MostLines).Index()
        let modules = chunk.Item[0].Operations.Select(operation => operation.Module).ToList()
        select new Figure(
            FileName(name, setting.DataSet, setting.Protocol, chunk.Item[0].Name),
            $"{title} on {setting.DataSet}, {setting.Protocol}",
            $"{caption} {setting.Images} The first seed of each network.",
            new Chart(
                new Axis("operation", Labels: modules),
                axis,
                [.. chunk.Item.Select(network => new Series(
                    network.Name,
                    [.. network.Operations.Index().Select(operation => new ChartPoint(operation.Index, figureOf(operation.Item), Label: operation.Item.Module))]))]));

    private static string NameAmong(RunResult run, IReadOnlyList<RunResult> among) =>
        among.Count(other => other.Network.Name == run.Network.Name) > 1 ? ProtocolCells.NameOf(run) : run.Network.Name;

    // From the counts: in a damaged file the share itself may be lost.
    private static double AccuracyOf(CellResult cell) => 100.0 * cell.Correct / cell.Total;

    private static Interval Share(int correct, int total)
    {
        var interval = WilsonInterval.Of(correct, total);
        return new Interval(100 * interval.Low, 100 * interval.High);
    }

    private static string ImagesOf(IEnumerable<RunResult> runs) =>
        $"{string.Join(" or ", runs.Select(run => run.Dataset.TestImages).Distinct().Order().Select(images => Numbers.Count(images)))} test images.";

    private static string Seeds(Setting setting)
    {
        var most = setting.Networks.Max(network => network.Seeds.Count);
        return most > 1 ? $"All seeds together, {Numbers.Count(most)} of a network at most. " : "";
    }

    private static string Part(int part) => part == 0 ? "" : Numbers.Plain(part + 1);

    /// <summary>The name of a figure's files, from what it shows.</summary>
    public static string FileName(params IEnumerable<string> parts) =>
        string.Join('-', parts.Where(part => part.Length > 0).Select(part => string.Concat(part.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '.' ? char.ToLowerInvariant(letter) : '-'))));

    /// <summary>What can be drawn in one figure: a data set under a protocol.</summary>
    private sealed record Setting(string DataSet, string Protocol, IReadOnlyList<NetworkCells> Networks)
    {
        public IEnumerable<ProtocolCells> Cells => Networks.SelectMany(network => network.Seeds);

        public string Images => $"{string.Join(" or ", Cells.SelectMany(cells => cells.Cells).Select(cell => cell.Total).Distinct().Order().Select(images => Numbers.Count(images)))} test images.";

        public static IEnumerable<Setting> Of(CampaignResults results) =>
            from cells in ProtocolCells.Of(results)
            group cells by (cells.Run.Dataset.Name, cells.Protocol) into setting
            select new Setting(
                setting.Key.Name,
                setting.Key.Protocol,
                [.. setting.GroupBy(cells => cells.Run.Network.Name).Select(network => new NetworkCells(network.Key, [.. network]))]);
    }

    /// <summary>A network's cells, seed by seed.</summary>
    private sealed record NetworkCells(string Name, IReadOnlyList<ProtocolCells> Seeds);
}
