using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>A tensor's values in the order in which a kernel reads them: where they lie, or a copy, which is freed with this.</summary>
internal readonly unsafe ref struct InOrder<T> : IDisposable
    where T : unmanaged
{
    private static readonly long[] PixelsFirst = [2, 3, 0, 1];
    private static readonly long[] ChannelsAtEnd = [0, 2, 3, 1];
    private static readonly long[] OutputsAtEnd = [2, 3, 1, 0];

    private readonly Tensor? _copy;

    private InOrder(long[] order, Tensor values, long missing)
    {
        if (missing == 0 && TensorMemory.LiesIn(order, values))
        {
            Start = TensorMemory.Of<T>(values);
            return;
        }

        using var turned = values.permute(order);
        using var padded = missing == 0 ? turned.alias() : nn.functional.pad(turned, [0, missing]);
        _copy = padded.contiguous();
        Start = TensorMemory.Of<T>(_copy);
    }

    /// <summary>The first value.</summary>
    public T* Start { get; }

    /// <summary>Images [M, C, H, W] as [M, H, W, C].</summary>
    public static InOrder<T> ChannelsLast(Tensor images, long padded) => new(ChannelsAtEnd, images, padded - images.size(1));

    /// <summary>Images [M, C, H, W] as [H, W, M, C].</summary>
    public static InOrder<T> PixelByPixel(Tensor images, long padded) => new(PixelsFirst, images, padded - images.size(1));

    /// <summary>Weights [K, C, kernel, kernel] as [kernel, kernel, C, K].</summary>
    public static InOrder<T> KernelOrder(Tensor weights, long padded) => new(OutputsAtEnd, weights, padded - weights.size(0));

    /// <inheritdoc/>
    public void Dispose() => _copy?.Dispose();
}
