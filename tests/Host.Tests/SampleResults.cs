using System.Text.Json;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests;

/// <summary>A small campaign that never ran: two networks that differ in their pool, believable numbers, no doubts.</summary>
internal static class SampleResults
{
    public static CampaignResults Campaign { get; } = new(
        CampaignResults.CurrentSchema,
        new("pool-comparison", "5f16d2ac", Complete: true, [new("strict", "pixels", "running", Contaminate: false, "stored", "running", PhaseWeights: false)]),
        [
            Run("sew-resnet18-max", "max", "MaxPool2d", 0.7641, Clean(0.832), Attacked("fgsm", 2, 0.61), Attacked("fgsm", 8, 0.402), Attacked("pgd", 2, 0.552), Attacked("pgd", 8, 0.2255)),
            Run("sew-resnet18-avg", "average", "AvgPool2d", 0, Clean(0.8465), Attacked("fgsm", 2, 0.605), Attacked("fgsm", 8, 0.377), Attacked("pgd", 2, 0.5135), Attacked("pgd", 8, 0.1005)),
        ]);

    public static Provenance Provenance { get; } = new(
        new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero),
        new(2026, 1, 31, 12, 45, 30, TimeSpan.Zero),
        "turing",
        "0.1.0",
        "2.10.0",
        ["cpu"],
        2,
        JsonDocument.Parse("""{"campaign":{"name":"pool-comparison"}}""").RootElement,
        [new("sew-resnet18-max/fashion-mnist/3407", "epoch 2", 1, "the layer group's actor stopped", GaveUp: false)],
        [new("sew-resnet18-max/fashion-mnist/3407 epoch 1", 612.5), new("sew-resnet18-max/fashion-mnist/3407 epoch 2", 598.25)]);

    /// <summary>One run with the given cells, 2,000 test images of 10 classes.</summary>
    public static CampaignResults With(params IReadOnlyList<CellResult> cells) =>
        Campaign with { Runs = [Campaign.Runs[0] with { Cells = cells }] };

    public static CellResult Clean(double accuracy) => Attacked("none", 0, accuracy) with { StepSize = 0, Iterations = 0, Restarts = 0, Operations = [] };

    public static CellResult Attacked(string attack, double epsilon, double accuracy, int allZeroImages = 0) => new(
        "strict",
        attack,
        epsilon,
        attack == "pgd" ? 2.55 : 0,
        attack == "pgd" ? 7 : 1,
        1,
        (int)Math.Round(2000 * accuracy),
        2000,
        accuracy,
        Loss: 1.25 + epsilon / 4,
        new(0.3125, 0.52, 0.0371, 0.0061, allZeroImages, VanishingImages: 0),
        [],
        [],
        Vulnerability: null);

    private static RunResult Run(string network, string pool, string poolKind, double poolZeros, params IReadOnlyList<CellResult> cells)
    {
        OperationResult[] operations =
        [
            new("conv1", "Conv2d", 0.3125, 0.0625, 0.0371, 0.021),
            new("bn1", "BatchNorm2d", 0.0625, 0.1875, 0.0125, 0.0371),
            new("sn1", "ATan", 0.1875, 0.75, 0.5, 0.0125),
            new("maxpool", poolKind, poolZeros, poolZeros / 64, 0.0000456, 0.5),
            new("layer1.0.conv1", "Conv2d", 0.125, 0, 0.25, 0.0000456),
            new("fc", "Linear", 0, 0, 1.5, 0.25),
        ];
        return new(
            new(network, "SEW-ResNet", 18, 1, pool, "add", "IF", "sequence", "float32", 11_181_642, Weights: null),
            new("fashion-mnist", "phase", 10, 10, 60_000, 2_000),
            3407,
            [new(1, 0.7123, 0.6011, 0.7815), new(2, 0.4821, 0.4704, cells[0].Accuracy)],
            [
                .. cells.Select(cell => cell.Attack == "none"
                    ? cell
                    : cell with
                    {
                        Operations = operations,
                        WeightGradients = [new("conv1.weight", 0.125, 0.75)],
                        Vulnerability = new(0.25, 0.0625, 4, 96.5, 3072),
                    }),
            ]);
    }
}
