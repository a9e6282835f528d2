namespace SpikeTrail.Bench.Convolutions;

/// <summary>A convolution of the network.</summary>
/// <param name="Stage">Where it stands.</param>
/// <param name="Inputs">C.</param>
/// <param name="Outputs">K.</param>
/// <param name="Kernel">Side of the kernel.</param>
/// <param name="Stride">Step in pixels.</param>
/// <param name="Size">Side of its input.</param>
internal sealed record ConvolutionLayer(string Stage, int Inputs, int Outputs, int Kernel, int Stride, int Size)
{
    public const int ImageChannels = 3;

    public static IReadOnlyList<ConvolutionLayer> All { get; } =
    [
        new("stem", ImageChannels, 64, Kernel: 7, Stride: 2, Size: 32),
        new("layer1", 64, 64, Kernel: 3, Stride: 1, Size: 8),
        new("layer2", 64, 128, Kernel: 3, Stride: 2, Size: 8),
        new("layer2", 128, 128, Kernel: 3, Stride: 1, Size: 4),
        new("layer3", 128, 256, Kernel: 3, Stride: 2, Size: 4),
        new("layer3", 256, 256, Kernel: 3, Stride: 1, Size: 2),
        new("layer4", 256, 512, Kernel: 3, Stride: 2, Size: 2),
        new("layer4", 512, 512, Kernel: 3, Stride: 1, Size: 1),
    ];

    public override string ToString() => $"{Stage}, {Inputs} → {Outputs}, {Size}×{Size}{(Stride > 1 ? $", stride {Stride}" : "")}";
}
