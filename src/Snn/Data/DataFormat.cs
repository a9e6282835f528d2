namespace SpikeTrail.Snn.Data;

/// <summary>The file formats of the data catalogue.</summary>
public enum DataFormat
{
    /// <summary>IDX: a file of images, then a file of labels.</summary>
    Idx,

    /// <summary>The binary files of CIFAR-10.</summary>
    Cifar10,

    /// <summary>The binary files of CIFAR-100.</summary>
    Cifar100,
}
