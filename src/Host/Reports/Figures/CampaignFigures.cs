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
            $"Test images classified correctly under each budget; eps 0 is the clean images. {figure.Images} {ShareBars(figure.Networks.Max(network => network.Seeds.Count))}",
            new Chart(
                new Axis("eps (1/255)", Places: [.. lines.Item.SelectMany(line => line.Points).Select(point => point.X).Distinct().Order()]),
                new Axis("accuracy (%)", Limits: PerCent),
                lines.Item));

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

    /// <summary>The trade-off itself: clean accuracy against accuracy under the strongest attack that takes gradients at the largest budget, with the gradient's zeros as colour.</summary>
    public static IEnumerable<Figure> TradeOff(CampaignResults results) =>
        from setting in Setting.Of(results)
        let budgets = setting.Cells.SelectMany(TakingGradients).Select(cell => cell.Epsilon).ToList()
        where budgets.Count > 0
        let epsilon = budgets.Max()
        from networks in setting.Networks.Select(network => TradeOff(network, epsilon)).Where(network => network.Points.Count > 0).Chunk(MostLines).Index()
        select new Figure(
            FileName("trade-off", setting.DataSet, setting.Protocol, Part(networks.Index)),
            $"Accuracy and robustness on {setting.DataSet}, {setting.Protocol}",
            $"Accuracy on clean images and under the strongest attack measured at eps {Numbers.Epsilon(epsilon)}/255: a point for each seed of a network. Its colour is the share of exact zeros in "
            + $"the gradient of the loss with respect to the image, where the attack of the smallest budget starts; grey where it was not measured. {setting.Images} Bars: 95 % confidence (Wilson).",
            new Chart(new Axis("clean accuracy (%)"), new Axis("accuracy under attack (%)", Limits: PerCent), networks.Item) { Shade = "input zeros (%)" });

    /// <summary>The loss along iterated attacks at the largest budget, step by step.</summary>
    public static IEnumerable<Figure> LossAlong(CampaignResults results) =>
        from setting in Setting.Of(results)
        let lines = (from network in setting.Networks
                     from cells in network.Seeds.Take(1)
                     where cells.Epsilons.Count > 0
                     from cell in cells.Attacked.Concat(cells.Checks)
                     where cell.Iterations > 1 && cell.Epsilon == cells.Epsilons[^1] && cells.LossesAlong(cell).Count > 1
                     select new Series(
                         $"{network.Network.Name}, {cell.Attack} at eps {Numbers.Epsilon(cell.Epsilon)}",
                         [.. cells.LossesAlong(cell).Index().Select(loss => new ChartPoint(loss.Index, loss.Item))])).ToList()
        from chunk in lines.Chunk(MostLines).Index()
        select new Figure(
            FileName("attack-loss", setting.DataSet, setting.Protocol, Part(chunk.Index)),
            $"Loss along the attack on {setting.DataSet}, {setting.Protocol}",
            "Mean cross-entropy of the attacked images after each step of the attack's first start; where predictions are made on other statistics than gradients, up to the last step's gradient. "
            + $"{setting.Images}{setting.ImagesOfChecks} The first seed of each network.",
            new Chart(new Axis("steps"), new Axis("cross-entropy"), chunk.Item));

    /// <summary>Losses and accuracy by epoch.</summary>
    public static IEnumerable<Figure> Training(CampaignResults results)
    {
        var trained = results.Runs.Where(run => run.Epochs.Count > 1).GroupBy(run => (run.Network.Name, Data: run.Dataset.Name)).Select(network => network.ToList()).ToList();
        var most = trained.Select(network => network.Count).DefaultIfEmpty().Max();
        foreach (var (part, networks) in trained.Chunk(MostLines / 2).Index())
        {
            yield return new Figure(
                FileName("loss", Part(part)),
                "Losses by epoch",
                $"Mean cross-entropy over the training images of an epoch, while the weights move, and over the test images after it. {ImagesOf(networks, run => run.Dataset.TrainingImages, "training")} "
                + $"{ImagesOf(networks, run => run.Dataset.TestImages, "test")} {Bars(most)}",
                new Chart(
                    new Axis("epoch", Whole: true),
                    new Axis("cross-entropy"),
                    [
                        .. from network in networks
                           from loss in new (string Name, Func<EpochResult, double> Of)[] { ("training", epoch => epoch.TrainingLoss ?? double.NaN), ("test", epoch => epoch.TestLoss ?? double.NaN) }
                           select new Series($"{NameAmong(network, trained)}, {loss.Name}", [.. ByEpoch(network).Select(epoch => MeanPoint(epoch.Key, [.. epoch.Select(run => loss.Of(run.Epoch))]))]),
                    ]));
        }

        foreach (var (part, networks) in trained.Chunk(MostLines).Index())
        {
            yield return new Figure(
                FileName("epoch-accuracy", Part(part)),
                "Clean accuracy by epoch",
                $"Test images classified correctly after each epoch. {ImagesOf(networks, run => run.Dataset.TestImages, "test")} {ShareBars(most)}",
                new Chart(
                    new Axis("epoch", Whole: true),
                    new Axis("accuracy (%)", Limits: PerCent),
                    [.. networks.Select(network => new Series(NameAmong(network, trained), [.. AccuracyByEpoch(network)]))]));
        }
    }

    private static IEnumerable<IGrouping<int, (RunResult Run, EpochResult Epoch)>> ByEpoch(IEnumerable<RunResult> seeds) =>
        from run in seeds
        from epoch in run.Epochs
        group (run, epoch) by epoch.Epoch into alike
        orderby alike.Key
        select alike;

    // A damaged file may have lost a share.
    private static IEnumerable<ChartPoint> AccuracyByEpoch(IEnumerable<RunResult> seeds) =>
        from epoch in ByEpoch(seeds)
        let shares = (from seed in epoch
                      where double.IsFinite(seed.Epoch.CleanAccuracy)
                      let images = seed.Run.Dataset.TestImages
                      select new SeedShare(seed.Run.Seed, (int)Math.Round(seed.Epoch.CleanAccuracy * images), images)).ToList()
        where shares.Count > 0
        select SharePoint(epoch.Key, new PooledShare("", shares));

    /// <summary>One line for the clean images and each attack, all seeds of a network together.</summary>
    private static IEnumerable<Series> AccuracyLines(PooledCells network) =>
        from attack in AttackBudget.Of([network]).Where(budget => budget != AttackBudget.Clean).GroupBy(budget => budget.Attack)
        select new Series(
            $"{network.Network.Name}, {attack.Key}",
            [
                .. from budget in attack.Prepend(AttackBudget.Clean)
                   let share = network.Share(budget)
                   where share is not null
                   orderby budget.Epsilon
                   select SharePoint(budget.Epsilon, share),
            ]);

    private static Series TradeOff(PooledCells network, double epsilon) => new(
        network.Network.Name,
        [
            .. from cells in network.Seeds
               let worst = TakingGradients(cells).Where(cell => cell.Epsilon == epsilon).MinBy(AccuracyOf)
               let clean = cells.Clean
               where clean is not null && worst is not null
               select new ChartPoint(AccuracyOf(clean), AccuracyOf(worst), ShareOf(worst), $"seed {Numbers.Plain(cells.Run.Seed)}, {worst.Attack}")
               {
                   Across = ShareOf(clean),
                   Shade = 100 * cells.InputZeros,
               },
        ],
        Joined: false);

    // Noise has none to lose.
    private static IEnumerable<CellResult> TakingGradients(ProtocolCells cells) => cells.Attacked.Where(cell => cell.Iterations > 0);

    private static IEnumerable<Figure> Along(
        CampaignResults results, string name, string title, string caption, Axis axis, Func<OperationResult, double> figureOf) =>
        from setting in Setting.Of(results)
        let measured = (from network in setting.Networks
                        let seeds = network.Seeds.Select(seed => seed.Gradient()?.Operations).OfType<IReadOnlyList<OperationResult>>().ToList()
                        where seeds.Count > 0
                        select (network.Network.Name, Modules: Modules(seeds[0]), Seeds: seeds)).ToList()
        // Networks whose operations have the same names stand above each other.
        from alike in measured.GroupBy(network => string.Join('\n', network.Modules))
        from chunk in alike.Chunk(MostLines).Index()
        select new Figure(
            FileName(name, setting.DataSet, setting.Protocol, chunk.Item[0].Name),
            $"{title} on {setting.DataSet}, {setting.Protocol}",
            $"{caption} {setting.Images} {Bars(chunk.Item.Max(network => network.Seeds.Count))}",
            new Chart(
                new Axis("operation", Labels: [.. chunk.Item[0].Modules.Select(ShortName)]),
                axis,
                [.. chunk.Item.Select(network => new Series(
                    network.Name,
                    [
                        .. from module in network.Modules.Index()
                           select MeanPoint(
                               module.Index,
                               [.. network.Seeds.Where(seed => seed.Count == network.Modules.Count).Select(seed => figureOf(seed[module.Index]))]) with { Label = module.Item },
                    ]))]));

    private static List<string> Modules(IEnumerable<OperationResult> operations) => [.. operations.Select(operation => operation.Module)];

    // What a layer of neurons differentiates is named as if it were a part of it.
    private static string ShortName(string module) => module.Replace(".surrogate_function", "", StringComparison.Ordinal);

    private static string NameAmong(List<RunResult> network, List<List<RunResult>> among) =>
        among.Count(other => other[0].Network.Name == network[0].Network.Name) > 1 ? $"{network[0].Network.Name}, {network[0].Dataset.Name}" : network[0].Network.Name;

    /// <summary>A number of all seeds.</summary>
    private static ChartPoint MeanPoint(double x, IReadOnlyList<double> seeds)
    {
        var mean = new SeedMean(seeds);
        return new(x, mean.Mean) { Spread = mean.Spread };
    }

    /// <summary>A share of all seeds, in per cent.</summary>
    private static ChartPoint SharePoint(double x, PooledShare share) => new(x, 100 * share.Mean, InPercent(share.Interval)) { Spread = 100 * share.Spread };

    // From the counts: in a damaged file the share itself may be lost.
    private static double AccuracyOf(CellResult cell) => 100.0 * cell.Correct / cell.Total;

    private static Interval ShareOf(CellResult cell) => InPercent(WilsonInterval.Of(cell.Correct, cell.Total));

    private static Interval InPercent(Interval shares) => new(100 * shares.Low, 100 * shares.High);

    private static string ImagesOf(IEnumerable<List<RunResult>> networks, Func<RunResult, int> imagesOf, string kind) =>
        $"{string.Join(" or ", networks.SelectMany(network => network).Select(imagesOf).Distinct().Order().Select(images => Numbers.Count(images)))} {kind} images.";

    /// <summary>What the bars of shares mean.</summary>
    private static string ShareBars(int mostSeeds) => mostSeeds > 1
        ? $"{Bars(mostSeeds)} Of one seed alone: 95 % confidence (Wilson), which the data have for the images of all seeds, too."
        : "Bars: 95 % confidence (Wilson).";

    /// <summary>What the bars of other numbers mean.</summary>
    private static string Bars(int mostSeeds) => mostSeeds > 1
        ? $"Means over all seeds, {Numbers.Count(mostSeeds)} of a network at most; bars: ± their standard deviation."
        : "One seed.";

    private static string Part(int part) => part == 0 ? "" : Numbers.Plain(part + 1);

    /// <summary>The name of a figure's files, from what it shows.</summary>
    public static string FileName(params IEnumerable<string> parts) =>
        string.Join('-', parts.Where(part => part.Length > 0).Select(part => string.Concat(part.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '.' ? char.ToLowerInvariant(letter) : '-'))));

    /// <summary>What can be drawn in one figure: a data set under a protocol.</summary>
    private sealed record Setting(string DataSet, string Protocol, IReadOnlyList<PooledCells> Networks)
    {
        public IEnumerable<ProtocolCells> Cells => Networks.SelectMany(network => network.Seeds);

        public string Images => $"{Counts(cells => cells.Cells)} test images.";

        public string ImagesOfChecks => Counts(cells => cells.Checks) is { Length: > 0 } images ? $" In checks {images}." : "";

        public static IEnumerable<Setting> Of(CampaignResults results) =>
            from network in PooledCells.Of(results)
            group network by (network.DataSet.Name, network.Protocol) into setting
            select new Setting(setting.Key.Name, setting.Key.Protocol, [.. setting]);

        private string Counts(Func<ProtocolCells, IEnumerable<CellResult>> of) =>
            string.Join(" or ", Cells.SelectMany(of).Select(cell => cell.Total).Distinct().Order().Select(images => Numbers.Count(images)));
    }
}
