using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Results;
using static SpikeTrail.Host.Tests.SampleResults;

namespace SpikeTrail.Host.Tests.Reports;

public sealed class PaperComparisonTests
{
    private const string Heading = "## Beside the paper";

    /// <summary>Two of the paper's networks, small: max pooling on CIFAR-10, average pooling on CIFAR-10.</summary>
    private static CampaignResults Small { get; } = OnCifar10(run => run);

    [Fact]
    public void The_section_is_the_golden_file_to_the_letter()
    {
        var report = new CampaignReport(Small, null).ToMarkdown();
        var section = report[report.IndexOf(Heading, StringComparison.Ordinal)..report.IndexOf("## Training", StringComparison.Ordinal)];

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "beside-the-paper.md")), section);
    }

    [Fact]
    public void Where_nothing_is_the_papers_nothing_is_shown() =>
        Assert.DoesNotContain(Heading, new CampaignReport(Campaign, SampleResults.Provenance).ToMarkdown(), StringComparison.Ordinal);

    [Fact]
    public void The_papers_own_scale_is_not_called_smaller()
    {
        var whole = OnCifar10(run => run with
        {
            Epochs = [.. Enumerable.Range(1, 100).Select(epoch => new EpochResult(epoch, 1, 1, 0.7))],
            Dataset = run.Dataset with { TrainingImages = 50_000, TestImages = 10_000 },
        });

        Assert.NotEmpty(new PaperComparison(Small).Smaller);
        Assert.Empty(new PaperComparison(whole).Smaller);
    }

    [Fact]
    public void A_difference_is_measured_minus_published_in_points()
    {
        var row = RowOf(new PaperComparison(Small).Accuracies("cifar-10"), "| SEW-ResNet18 | max");

        // Clean 83.20 against 73.78, FGSM 40.20 against 46.99, PGD 22.55 against 34.33.
        Assert.EndsWith("| 83.20 (81.50–84.77) | 73.78 | +9.42 | 40.20 (38.07–42.37) | 46.99 | -6.79 | 22.55 (20.77–24.43) | 34.33 | -11.78 |", row, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_part_of_cifar_100_counts_as_cifar_100() =>
        Assert.Equal(["cifar-100"], DataSetsOf(run => run with { Dataset = run.Dataset with { Name = "cifar-100-mini", Classes = 100 } }));

    [Theory]
    [InlineData("width")]
    [InlineData("depth")]
    [InlineData("connection")]
    [InlineData("neuron")]
    [InlineData("batch-norm")]
    [InlineData("encoder")]
    [InlineData("time-steps")]
    [InlineData("data-set")]
    public void A_network_that_differs_in_any_setting_is_another_network(string setting) => Assert.Empty(DataSetsOf(run => setting switch
    {
        "width" => run with { Network = run.Network with { Width = 0.5 } },
        "depth" => run with { Network = run.Network with { Depth = 10 } },
        "connection" => run with { Network = run.Network with { Connection = "and" } },
        "neuron" => run with { Network = run.Network with { Neuron = "lif" } },
        "batch-norm" => run with { Network = run.Network with { BatchNorm = "step" } },
        "encoder" => run with { Dataset = run.Dataset with { Encoder = "rate" } },
        "time-steps" => run with { Dataset = run.Dataset with { TimeSteps = 4 } },
        _ => run with { Dataset = run.Dataset with { Name = "mnist" } },
    }));

    [Fact]
    public void An_attack_of_another_budget_or_length_has_no_place_beside_the_papers()
    {
        var other = OnCifar10(run => run with { Cells = [Clean(0.8), Attacked("fgsm", 4, 0.5), Attacked("pgd", 8, 0.2) with { Iterations = 50 }] });
        var row = RowOf(new PaperComparison(other).Accuracies("cifar-10"), "| SEW-ResNet18 | max");

        Assert.EndsWith("| 80.00 (78.19–81.69) | 73.78 | +6.22 | – | 46.99 | – | – | 34.33 | – |", row, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_of_the_paper_is_told_once()
    {
        Assert.Equal(30, PaperRows.All.Count);
        Assert.Equal(PaperRows.All.Count, PaperRows.All.DistinctBy(row => (row.DataSet, row.Method, row.Network?.Pool)).Count());

        var comparison = new PaperComparison(Small);
        Assert.Equal(PaperRows.All.Count, comparison.DataSets.Sum(dataSet => comparison.Accuracies(dataSet).Rows) + comparison.Missing().Rows);
    }

    /// <summary>The sample campaign as if it were one of the paper's: as published but for its size.</summary>
    private static CampaignResults OnCifar10(Func<RunResult, RunResult> change) => Campaign with
    {
        Runs =
        [
            .. Campaign.Runs.Select(run => change(run with
            {
                Network = run.Network with { Family = "sew-resnet", Neuron = "if" },
                Dataset = run.Dataset with { Name = "cifar-10", TrainingImages = 512, TestImages = 2_000 },
            })),
        ],
    };

    private static IEnumerable<string> DataSetsOf(Func<RunResult, RunResult> change) => new PaperComparison(OnCifar10(change)).DataSets;

    /// <summary>A table's one row that starts like this, each run of spaces as one.</summary>
    private static string RowOf(TextTable table, string start) => Assert.Single(
        table.ToMarkdown().Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))),
        line => line.StartsWith(start, StringComparison.Ordinal));
}
