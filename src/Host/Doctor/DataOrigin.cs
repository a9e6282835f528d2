using SpikeTrail.Host.Reports;
using SpikeTrail.Snn.Data;

namespace SpikeTrail.Host.Doctor;

/// <summary>Where a data set is officially to be had, and what to do with it.</summary>
internal static class DataOrigin
{
    private const string Cifar = "https://www.cs.toronto.edu/~kriz/";

    public static string Url(KnownDataSet set) => set.Format switch
    {
        DataFormat.Cifar10 => Cifar + "cifar-10-binary.tar.gz",
        DataFormat.Cifar100 => Cifar + "cifar-100-binary.tar.gz",
        _ when set.Name == "mnist" => "https://yann.lecun.com/exdb/mnist/",
        _ => "https://github.com/zalandoresearch/fashion-mnist",
    };

    public static string HowToGet(KnownDataSet set) => set switch
    {
        { Archive: not null } => $"download {Url(set)} into a folder DIR, no need to unpack it, and give --data DIR",
        { Format: DataFormat.Idx } => $"download its four .gz files from {Url(set)} into DIR/{set.Name} and give --data DIR",
        _ => $"unpack {Url(set)}, put the first {Numbers.Count(set.TrainingCount)} training and {Numbers.Count(set.TestCount)} test images "
            + $"(head -c) into DIR/{set.Name}, and give --data DIR",
    };
}
