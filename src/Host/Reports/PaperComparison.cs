using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Reports;

/// <summary>What was measured beside what the paper says of the same networks on the same data. Empty where it says nothing.</summary>
/// <remarks>
/// A run is of the paper when everything that results tell of its setting is: blocks, depth, width, pool, connections, neurons,
/// batch norm, code and time steps. How many epochs and images it had is shown, not asked for.
/// </remarks>
internal sealed class PaperComparison
{
    private const string NotMeasured = "not measured";

    private readonly List<(PaperRow Paper, PooledCells Cells)> _measured;

    public PaperComparison(CampaignResults results) => _measured =
    [
        .. from cells in PooledCells.Of(results)
           from paper in PaperRows.All
           where IsOf(paper, cells)
           select (paper, cells),
    ];

    /// <summary>Whether there is anything to lay beside the paper.</summary>
    public bool Any => _measured.Count > 0;

    /// <summary>The data sets that were measured, in the paper's order.</summary>
    public IEnumerable<string> DataSets => PaperRows.All.Select(row => row.DataSet).Distinct().Where(IsMeasured);

    /// <summary>The runs with fewer epochs or images than the paper's, in groups of equal size: whose, and how small.</summary>
    public IEnumerable<(string Runs, string Size)> Smaller =>
        from run in _measured.SelectMany(row => row.Cells.Seeds).Select(cells => cells.Run).Distinct()
        let size = SizeOf(run)
        where size.Length > 0
        group ProtocolCells.NameOf(run) by size into alike
        select (string.Join(", ", alike), alike.Key);

    /// <summary>All the paper's rows of a data set: each measured one beside its measurements, then the methods that the paper quotes.</summary>
    public TextTable Accuracies(string dataSet)
    {
        var table = new TextTable(
            "network", "pool", ">seed", "protocol", ">epochs", ">training images",
            ">clean %", ">paper", ">difference", ">fgsm %", ">paper", ">difference", ">pgd %", ">paper", ">difference");
        foreach (var paper in PaperRows.All.Where(row => row.DataSet == dataSet))
        {
            var measured = _measured.Where(row => row.Paper == paper).Select(row => row.Cells).ToList();
            foreach (var cells in measured)
            {
                table.Add(
                [
                    paper.Method,
                    Pool(paper),
                    cells.Seeds.Count == 1 ? Numbers.Plain(cells.Seeds[0].Run.Seed) : Numbers.Count(cells.Seeds.Count, "seed", "seeds"),
                    cells.Protocol,
                    string.Join(" or ", cells.Seeds.Select(seed => seed.Run.Epochs.Count).Distinct().Order().Select(epochs => Numbers.Count(epochs))),
                    TableCell.Count(cells.DataSet.TrainingImages),
                    .. Beside(cells.Share(AttackBudget.Clean), paper.Clean),
                    .. Beside(Fgsm(cells), paper.Fgsm),
                    .. Beside(Pgd(cells), paper.Pgd),
                ]);
            }

            if (measured.Count == 0)
            {
                table.Add(
                [
                    paper.Method, Pool(paper), TableCell.None, paper.Network is null ? "quoted by the paper" : NotMeasured, TableCell.None, TableCell.None,
                    .. Beside(null, paper.Clean), .. Beside(null, paper.Fgsm), .. Beside(null, paper.Pgd),
                ]);
            }
        }

        return table;
    }

    /// <summary>The paper's rows of the data sets that were not measured.</summary>
    public TextTable Missing()
    {
        var table = new TextTable("data set", "network", "pool", "measured", ">clean, paper %", ">fgsm, paper %", ">pgd, paper %");
        foreach (var paper in PaperRows.All.Where(row => !IsMeasured(row.DataSet)))
        {
            table.Add(
                paper.DataSet, paper.Method, Pool(paper), paper.Network is null ? "quoted by the paper" : NotMeasured,
                Published(paper.Clean), Published(paper.Fgsm), Published(paper.Pgd));
        }

        return table;
    }

    /// <summary>Zeros in the gradient at surrogates and pool beside the paper's figures 3 and 5.</summary>
    public TextTable Sparsity()
    {
        var table = new TextTable(
            ">figure", "network", "data set", ">seed", "protocol", "kind", ">input side %", ">output side %", ">mean of both %", ">paper", ">difference");
        foreach (var (paper, cells) in from row in _measured
                                       where row.Paper.Network is { Family: "sew-resnet", Depth: 18 }
                                       from cells in row.Cells.Seeds
                                       select (row.Paper, cells))
        {
            var operations = cells.Gradient()?.Operations ?? [];
            foreach (var figure in PaperRows.Sparsity.Where(figure => figure.Pool == paper.Network!.Pool))
            {
                var alike = operations.Where(operation => operation.Kind == figure.Kind).ToList();
                if (alike.Count > 0)
                {
                    var (input, output) = (alike.Average(operation => operation.InputZeroFraction), alike.Average(operation => operation.OutputZeroFraction));
                    table.Add(
                    [
                        Numbers.Plain(figure.Figure),
                        cells.Run.Network.Name,
                        cells.Run.Dataset.Name,
                        Numbers.Plain(cells.Run.Seed),
                        cells.Protocol,
                        figure.Kind,
                        TableCell.Percent(input),
                        TableCell.Percent(output),
                        TableCell.Percent((input + output) / 2),
                        Published(figure.Zeros),
                        Difference((input + output) / 2, figure.Zeros),
                    ]);
                }
            }
        }

        return table;
    }

    private static bool IsOf(PaperRow paper, PooledCells cells) =>
        paper.Network == new PaperNetwork(cells.Network.Family, cells.Network.Depth, cells.Network.Pool)
        && cells.Network is { Width: 1, Neuron: "if", BatchNorm: "sequence" }
        && (cells.Network.Family != "sew-resnet" || cells.Network.Connection == "add")
        && cells.DataSet is { Encoder: "phase", TimeSteps: PaperRows.TimeSteps }
        && paper.DataSet == PapersName(cells.DataSet.Name);

    // The first images of CIFAR-100: a smaller training set, not another data set.
    private static string PapersName(string dataSet) => dataSet == "cifar-100-mini" ? "cifar-100" : dataSet;

    private bool IsMeasured(string dataSet) => _measured.Any(row => row.Paper.DataSet == dataSet);

    private static PooledShare? Fgsm(PooledCells cells) => Share(cells, "fgsm", ProtocolCells.IsSingleStep);

    private static PooledShare? Pgd(PooledCells cells) =>
        Share(cells, "pgd", cell => cell is { Iterations: PaperRows.PgdIterations, StepSize: PaperRows.PgdStepSize, Restarts: 1 });

    /// <summary>What an attack leaves at the paper's budget, where it is the paper's attack.</summary>
    private static PooledShare? Share(PooledCells cells, string attack, Func<CellResult, bool> isThePapers) =>
        cells.Seeds.Select(seed => seed.Find(attack, PaperRows.Epsilon)).OfType<CellResult>().All(isThePapers) ? cells.Share(new(attack, PaperRows.Epsilon)) : null;

    /// <summary>A measured share, the paper's per cent, and how many points the one as it is shown is above the other.</summary>
    private static TableCell[] Beside(PooledShare? measured, double paper) =>
        [measured is null ? TableCell.None : ShareTable.Cell(measured), Published(paper), Difference(measured?.Mean, paper)];

    private static TableCell Published(double percent) => new(Numbers.PublishedPercent(percent), percent);

    private static TableCell Difference(double? measured, double paper) =>
        TableCell.Points(measured is { } share ? Math.Round(share * 100, 2, MidpointRounding.AwayFromZero) - paper : null);

    private static string Pool(PaperRow paper) => paper.Network?.Pool ?? Numbers.None;

    private static string SizeOf(RunResult run)
    {
        IEnumerable<(int Had, int Paper, string Of)> sizes =
        [
            (run.Epochs.Count, PaperRows.Epochs, "epochs"),
            (run.Dataset.TrainingImages, PaperRows.TrainingImages, "training images"),
            (run.Dataset.TestImages, PaperRows.TestImages, "test images"),
        ];
        return string.Join(", ", sizes.Where(size => size.Had < size.Paper).Select(size => $"{Numbers.Count(size.Had)} of {Numbers.Count(size.Paper)} {size.Of}"));
    }
}
