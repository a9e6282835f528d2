using SpikeTrail.Host.Reports.Figures;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Reports.Figures;

/// <summary>What is drawn is what results.json has.</summary>
public sealed class CampaignFiguresTests
{
    private static readonly CampaignResults Results = SampleResults.Campaign;

    [Fact]
    public void Accuracy_is_drawn_from_the_clean_images_to_the_largest_budget()
    {
        var figure = Assert.Single(CampaignFigures.Accuracy(Results));

        Assert.Equal(
            ["sew-resnet18-max, fgsm", "sew-resnet18-max, pgd", "sew-resnet18-avg, fgsm", "sew-resnet18-avg, pgd"],
            figure.Chart.Series.Select(series => series.Name));
        foreach (var series in figure.Chart.Series)
        {
            var (network, attack) = (series.Name.Split(", ")[0], series.Name.Split(", ")[1]);
            var cells = Results.Runs.Single(run => run.Network.Name == network).Cells.Where(cell => cell.Attack == attack || cell.Attack == "none").OrderBy(cell => cell.Epsilon);
            Assert.Equal(cells.Select(cell => (cell.Epsilon, 100.0 * cell.Correct / cell.Total)), series.Points.Select(point => (point.X, Math.Round(point.Y, 10))));
            Assert.All(series.Points, point => Assert.True(point.Interval!.Value.Low < point.Y && point.Y < point.Interval.Value.High));
        }

        Assert.Contains("2,000 test images", figure.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_are_drawn_together()
    {
        var run = Results.Runs[0];
        var other = run with { Seed = 1, Cells = [.. run.Cells.Select(cell => cell with { Correct = cell.Correct - 200 })] };

        var figure = Assert.Single(CampaignFigures.Accuracy(Results with { Runs = [run, other] }));

        var clean = figure.Chart.Series[0].Points[0];
        Assert.Equal(100.0 * ((2 * 1664) - 200) / 4000, clean.Y, 12);
        Assert.Equal(10 / Math.Sqrt(2), clean.Spread!.Value, 12);
        Assert.Equal((clean.Y - clean.Spread.Value, clean.Y + clean.Spread.Value), (clean.Bar!.Value.Low, clean.Bar.Value.High));
        Assert.Contains("Means over all seeds, 2 of a network at most; bars: ± their standard deviation.", figure.Caption, StringComparison.Ordinal);
        Assert.StartsWith("series,label,eps (1/255),accuracy (%),low,high,spread\n", figure.Chart.ToCsv(), StringComparison.Ordinal);
    }

    [Fact]
    public void Zeros_norms_and_losses_are_means_over_seeds_too()
    {
        var run = Results.Runs[0];
        var other = run with
        {
            Seed = 1,
            Epochs = [.. run.Epochs.Select(epoch => epoch with { TrainingLoss = epoch.TrainingLoss + 2 })],
            Cells = [.. run.Cells.Select(cell => cell with { Operations = [.. cell.Operations.Select(operation => operation with { InputZeroFraction = operation.InputZeroFraction / 2 })] })],
        };
        var seeds = Results with { Runs = [run, other] };

        var zeros = Assert.Single(CampaignFigures.Sparsity(seeds)).Chart.Series[0].Points[0];
        Assert.Equal((31.25 + 15.625) / 2, zeros.Y, 12);
        Assert.Equal(15.625 / Math.Sqrt(2), zeros.Spread!.Value, 12);
        var loss = CampaignFigures.Training(seeds).First().Chart.Series[0].Points[0];
        Assert.Equal(1.7123, loss.Y, 12);
        Assert.Equal(Math.Sqrt(2), loss.Spread!.Value, 12);
    }

    [Fact]
    public void Zeros_and_norms_are_drawn_operation_by_operation()
    {
        var (zeros, norms) = (Assert.Single(CampaignFigures.Sparsity(Results)), Assert.Single(CampaignFigures.Norms(Results)));
        var operations = Results.Runs[1].Cells.First(cell => cell.Operations.Count > 0).Operations;

        Assert.Equal(operations.Select(operation => (100 * operation.InputZeroFraction, operation.Module)), zeros.Chart.Series[1].Points.Select(point => (point.Y, point.Label)));
        Assert.Equal(operations.Select(operation => operation.InputNorm), norms.Chart.Series[1].Points.Select(point => point.Y));
        Assert.Equal(operations.Select(operation => operation.Module), zeros.Chart.X.Labels);
    }

    [Fact]
    public void The_trade_off_takes_the_strongest_attack_at_the_largest_budget()
    {
        var figure = Assert.Single(CampaignFigures.TradeOff(Results));

        Assert.Equal([(83.2, 22.55), (84.65, 10.05)], figure.Chart.Series.Select(series => (Math.Round(series.Points[0].X, 10), Math.Round(series.Points[0].Y, 10))));
        Assert.Contains("eps 8/255", figure.Caption, StringComparison.Ordinal);
        var point = figure.Chart.Series[0].Points[0];
        Assert.Equal((31.25, "seed 3407, pgd"), (point.Shade!.Value, point.Label));
        Assert.True(point.Across!.Value.Low < point.X && point.X < point.Across.Value.High);
        Assert.StartsWith(
            "series,label,clean accuracy (%),accuracy under attack (%),low,high,clean accuracy (%): low,clean accuracy (%): high,input zeros (%)\n", figure.Chart.ToCsv(), StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_has_no_gradient_to_trade_off()
    {
        var noise = SampleResults.Attacked("noise", 16, 0.01) with { Iterations = 0, InputGradient = new(double.NaN, 0, 0, 0, 0, 0) };

        var figure = Assert.Single(CampaignFigures.TradeOff(SampleResults.With([.. Results.Runs[0].Cells, noise])));

        Assert.Equal("seed 3407, pgd", Assert.Single(Assert.Single(figure.Chart.Series).Points).Label);
        Assert.Empty(CampaignFigures.TradeOff(SampleResults.With(SampleResults.Clean(0.9), noise)));
    }

    [Fact]
    public void Training_is_drawn_by_epoch()
    {
        var figures = CampaignFigures.Training(Results).ToList();

        Assert.Equal(["loss", "epoch-accuracy"], figures.Select(figure => figure.Name));
        Assert.Equal([(1.0, 0.7123), (2.0, 0.4821)], figures[0].Chart.Series[0].Points.Select(point => (point.X, point.Y)));
    }

    [Fact]
    public void Nothing_is_drawn_of_what_was_not_measured()
    {
        var young = new CampaignResults(1, new("young", "00", Complete: false, []), []);

        Assert.Empty(CampaignFigures.Accuracy(young).Concat(CampaignFigures.Sparsity(young)).Concat(CampaignFigures.TradeOff(young)).Concat(CampaignFigures.Training(young)));
    }

    [Fact]
    public void The_data_beside_a_figure_have_all_digits()
    {
        var chart = new Chart(new("eps (1/255)"), new("accuracy (%)"), [new("a, \"b\"", [new(2, 100.0 / 3, new(1.5, 2.5), "fgsm")])]);

        Assert.Equal("series,label,eps (1/255),accuracy (%),low,high\n\"a, \"\"b\"\"\",fgsm,2,33.333333333333336,1.5,2.5\n", chart.ToCsv());
    }
}
