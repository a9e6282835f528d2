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

    private readonly List<(PaperRow Paper, ProtocolCells Cells)> _measured;

    public PaperComparison(CampaignResults results) => _measured =
    [
        .. from cells in ProtocolCells.Of(results)
           from paper in PaperRows.All
           where IsOf(paper, cells.Run)
           select (paper, cells),
    ];

    /// <summary>Whether there is anything to lay beside the paper.</summary>
    public bool Any => _measured.Count > 0;

    /// <summary>The data sets that were measured, in the paper's order.</summary>
    public IEnumerable<string> DataSets => PaperRows.All.Select(row => row.DataSet).Distinct().Where(IsMeasured);

    /// <summary>The runs with fewer epochs or images than the paper's, in groups of equal size: whose, and how small.</summary>
    public IEnumerable<(string Runs, string Size)> Smaller =>
        from run in _measured.Select(row => row.Cells.Run).Distinct()
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
                    Numbers.Plain(cells.Run.Seed),
                    cells.Protocol,
                    Numbers.Count(cells.Run.Epochs.Count),
                    Numbers.Count(cells.Run.Dataset.TrainingImages),
                    .. Beside(cells.Clean?.Accuracy, paper.Clean),
                    .. Beside(Fgsm(cells), paper.Fgsm),
                    .. Beside(Pgd(cells), paper.Pgd),
                ]);
            }

            if (measured.Count == 0)
            {
                table.Add(
                [
                    paper.Method, Pool(paper), Numbers.None, paper.Network is null ? "quoted by the paper" : NotMeasured, Numbers.None, Numbers.None,
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
                Numbers.PublishedPercent(paper.Clean), Numbers.PublishedPercent(paper.Fgsm), Numbers.PublishedPercent(paper.Pgd));
        }

        return table;
    }

    /// <summary>Zeros in the gradient at surrogates and pool beside the paper's figures 3 and 5.</summary>
    public TextTable Sparsity()
    {
        var table = new TextTable(
            ">figure", "network", "data set", ">seed", "protocol", "kind", ">input side %", ">output side %", ">mean of both %", ">paper", ">difference");
        foreach (var (paper, cells) in _measured.Where(row => row.Paper.Network is { Family: "sew-resnet", Depth: 18 }))
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
                        Numbers.Percent(input),
                        Numbers.Percent(output),
                        .. Beside((input + output) / 2, figure.Zeros),
                    ]);
                }
            }
        }

        return table;
    }

    private static bool IsOf(PaperRow paper, RunResult run) =>
        paper.Network == new PaperNetwork(run.Network.Family, run.Network.Depth, run.Network.Pool)
        && run.Network is { Width: 1, Neuron: "if", BatchNorm: "sequence" }
        && (run.Network.Family != "sew-resnet" || run.Network.Connection == "add")
        && run.Dataset is { Encoder: "phase", TimeSteps: PaperRows.TimeSteps }
        && paper.DataSet == PapersName(run.Dataset.Name);

    // The first images of CIFAR-100: a smaller training set, not another data set.
    private static string PapersName(string dataSet) => dataSet == "cifar-100-mini" ? "cifar-100" : dataSet;

    private bool IsMeasured(string dataSet) => _measured.Any(row => row.Paper.DataSet == dataSet);

    private static double? Fgsm(ProtocolCells cells) =>
        cells.Find("fgsm", PaperRows.Epsilon) is { } cell && ProtocolCells.IsSingleStep(cell) ? cell.Accuracy : null;

    private static double? Pgd(ProtocolCells cells) =>
        cells.Find("pgd", PaperRows.Epsilon) is { Iterations: PaperRows.PgdIterations, StepSize: PaperRows.PgdStepSize, Restarts: 1 } cell
            ? cell.Accuracy
            : null;

    /// <summary>A measured share, the paper's per cent, and how many points the one as it is shown is above the other.</summary>
    private static string[] Beside(double? measured, double paper) =>
    [
        Numbers.Percent(measured),
        Numbers.PublishedPercent(paper),
        Numbers.Points(measured is { } share ? Math.Round(share * 100, 2, MidpointRounding.AwayFromZero) - paper : null),
    ];

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
