namespace SpikeTrail.Snn.Data;

/// <summary>One of the two binary layouts of CIFAR: records of label bytes and 3 x 32 x 32 pixel bytes, channels first.</summary>
public sealed class CifarLayout
{
    private CifarLayout(params int[] labels) => LabelRanges = labels;

    /// <summary>CIFAR-10: one label.</summary>
    public static CifarLayout Cifar10 { get; } = new(10);

    /// <summary>CIFAR-100: the coarse label (20 superclasses), then the fine one, which is the one used.</summary>
    public static CifarLayout Cifar100 { get; } = new(20, 100);

    /// <summary>How many values each label byte can have; the last label is the class.</summary>
    public IReadOnlyList<int> LabelRanges { get; }

    /// <summary>How many classes there are.</summary>
    public int Classes => LabelRanges[^1];

    /// <summary>The bytes of one record.</summary>
    public int RecordBytes => LabelRanges.Count + CifarReader.ImageBytes;
}
