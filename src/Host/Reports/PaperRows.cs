namespace SpikeTrail.Host.Reports;

/// <summary>A network of the paper's, as results name its parts. Only the published width is in the paper.</summary>
internal sealed record PaperNetwork(string Family, int Depth, string Pool)
{
    /// <summary>The name that the literature gives it, without its pool.</summary>
    public string Name => $"{(Family == "sew-resnet" ? "SEW-ResNet" : "Spiking-ResNet")}{Numbers.Plain(Depth)}";
}

/// <summary>One row of the paper's tables: accuracies in per cent, under attack at eps 8/255.</summary>
/// <param name="DataSet">The data set.</param>
/// <param name="Network">The paper's own network; null for a method that the paper quotes.</param>
/// <param name="Method">What the row is called.</param>
/// <param name="Fgsm">Accuracy under FGSM.</param>
/// <param name="Pgd">Accuracy under PGD, 7 steps of 2.55/255.</param>
/// <param name="Clean">Accuracy on the images as they are.</param>
internal sealed record PaperRow(string DataSet, PaperNetwork? Network, string Method, double Fgsm, double Pgd, double Clean);

/// <summary>A share of exact zeros, in per cent, in the gradient at one kind of operation of SEW-ResNet18.</summary>
/// <param name="Figure">The figure it is from.</param>
/// <param name="Pool">The stem's pool.</param>
/// <param name="Kind">The kind of operation, as results name it.</param>
/// <param name="Zeros">The share.</param>
internal sealed record PaperSparsity(int Figure, string Pool, string Kind, double Zeros);

/// <summary>
/// The figures of the paper that measurements are laid beside: Luu et al., "Accuracy-robustness trade-off via spiking neural
/// network gradient sparsity trail", arXiv 2509.23762.
/// </summary>
internal static class PaperRows
{
    public const double Epsilon = 8;

    public const int PgdIterations = 7;

    public const double PgdStepSize = 2.55;

    public const int TimeSteps = 10;

    public const int Epochs = 100;

    /// <summary>Of each of its two image sets.</summary>
    public const int TrainingImages = 50_000;

    /// <summary>Of each of its two image sets.</summary>
    public const int TestImages = 10_000;

    private const string Cifar10 = "cifar-10";

    private const string Cifar100 = "cifar-100";

    private const string Cifar10Dvs = "cifar10-dvs";

    public static IReadOnlyList<PaperRow> All { get; } =
    [
        Sew(Cifar10, 18, "max", fgsm: 46.99, pgd: 34.33, clean: 73.78),
        Sew(Cifar10, 34, "max", fgsm: 49.20, pgd: 36.98, clean: 74.16),
        Sew(Cifar10, 50, "max", fgsm: 51.09, pgd: 40.55, clean: 73.34),
        Sew(Cifar10, 18, "average", fgsm: 45.71, pgd: 25.72, clean: 75.76),
        Sew(Cifar10, 34, "average", fgsm: 48.72, pgd: 29.82, clean: 76.17),
        Sew(Cifar10, 50, "average", fgsm: 49.88, pgd: 33.29, clean: 75.28),
        Quoted(Cifar10, "SNN-RAT, VGG-11", fgsm: 45.23, pgd: 21.16, clean: 90.74),
        Quoted(Cifar10, "SNN-RAT, WRN-16", fgsm: 50.78, pgd: 22.71, clean: 92.69),

        Sew(Cifar100, 18, "max", fgsm: 20.81, pgd: 13.47, clean: 42.19),
        Sew(Cifar100, 34, "max", fgsm: 19.91, pgd: 13.25, clean: 41.81),
        Sew(Cifar100, 50, "max", fgsm: 21.27, pgd: 16.03, clean: 38.91),
        Sew(Cifar100, 18, "average", fgsm: 17.93, pgd: 8.65, clean: 43.32),
        Sew(Cifar100, 34, "average", fgsm: 20.07, pgd: 10.37, clean: 44.58),
        Sew(Cifar100, 50, "average", fgsm: 22.02, pgd: 13.37, clean: 43.40),
        Spiking(Cifar100, 18, fgsm: 13.36, pgd: 11.15, clean: 23.23),
        Spiking(Cifar100, 34, fgsm: 2.43, pgd: 1.64, clean: 21.20),
        Spiking(Cifar100, 50, fgsm: 3.32, pgd: 2.44, clean: 20.56),
        Quoted(Cifar100, "Input discretization", fgsm: 15.50, pgd: 6.30, clean: 64.40),
        Quoted(Cifar100, "HIRE-SNN", fgsm: 22.00, pgd: 7.50, clean: 65.10),
        Quoted(Cifar100, "VGG-11 without defence", fgsm: 5.30, pgd: 0.02, clean: 73.33),
        Quoted(Cifar100, "SNN-RAT, VGG-11", fgsm: 25.86, pgd: 10.38, clean: 70.89),
        Quoted(Cifar100, "SNN-RAT, WRN-16", fgsm: 28.08, pgd: 11.31, clean: 69.32),

        Sew(Cifar10Dvs, 18, "max", fgsm: 47.19, pgd: 21.47, clean: 75.18),
        Sew(Cifar10Dvs, 34, "max", fgsm: 49.03, pgd: 18.65, clean: 75.29),
        Sew(Cifar10Dvs, 50, "max", fgsm: 48.52, pgd: 22.34, clean: 76.53),
        Sew(Cifar10Dvs, 18, "average", fgsm: 46.27, pgd: 13.94, clean: 77.77),
        Sew(Cifar10Dvs, 34, "average", fgsm: 47.66, pgd: 12.54, clean: 76.43),
        Sew(Cifar10Dvs, 50, "average", fgsm: 47.01, pgd: 14.30, clean: 78.35),
        Quoted(Cifar10Dvs, "SNN-RAT, VGG-11", fgsm: 36.22, pgd: 19.02, clean: 71.77),
        Quoted(Cifar10Dvs, "SNN-RAT, WRN-16", fgsm: 40.16, pgd: 17.11, clean: 76.12),
    ];

    /// <summary>Its figures 3 and 5.</summary>
    public static IReadOnlyList<PaperSparsity> Sparsity { get; } =
    [
        new(3, "max", "ATan", 29.01),
        new(3, "max", "MaxPool2d", 37.88),
        new(5, "average", "ATan", 16.52),
        new(5, "average", "AvgPool2d", 0),
    ];

    private static PaperRow Sew(string dataSet, int depth, string pool, double fgsm, double pgd, double clean) =>
        Own(dataSet, new("sew-resnet", depth, pool), fgsm, pgd, clean);

    private static PaperRow Spiking(string dataSet, int depth, double fgsm, double pgd, double clean) =>
        Own(dataSet, new("spiking-resnet", depth, "max"), fgsm, pgd, clean);

    private static PaperRow Own(string dataSet, PaperNetwork network, double fgsm, double pgd, double clean) =>
        new(dataSet, network, network.Name, fgsm, pgd, clean);

    private static PaperRow Quoted(string dataSet, string method, double fgsm, double pgd, double clean) =>
        new(dataSet, null, method, fgsm, pgd, clean);
}
