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
            Assert.Equal(cells.Select(cell => (cell.Epsilon, 100.0 * cell.Correct / cell.Total)), series.Points.Select(point => (point.X, point.Y)));
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

        Assert.Equal(100.0 * ((2 * 1664) - 200) / 4000, figure.Chart.Series[0].Points[0].Y, 12);
        Assert.Contains("All seeds together, 2 of a network", figure.Caption, StringComparison.Ordinal);
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
        Assert.Contains("31.25 % zeros", figure.Chart.Series[0].Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_has_no_gradient_to_trade_off()
    {
        var noise = SampleResults.Attacked("noise", 16, 0.01) with { Iterations = 0, InputGradient = new(double.NaN, 0, 0, 0, 0, 0) };

        var figure = Assert.Single(CampaignFigures.TradeOff(SampleResults.With([.. Results.Runs[0].Cells, noise])));

        Assert.Equal("pgd", Assert.Single(Assert.Single(figure.Chart.Series).Points).Label);
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
