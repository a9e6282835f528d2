using SpikeTrail.Snn.Probes;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// The images that an attack on pixels makes of a slice of the test set, as bytes: start after start, and of each the slice's images in the
/// protocol's order, [starts, N, C, H, W], row-major.
/// </summary>
/// <param name="starts">Starts of the attack.</param>
internal sealed class AttackedSlice(int starts)
{
    private readonly List<byte[]>[] _batches = [.. Enumerable.Range(0, starts).Select(_ => new List<byte[]>())];

    /// <summary>All bytes, once every batch is there.</summary>
    public byte[] Bytes => [.. _batches.SelectMany(batches => batches.SelectMany(bytes => bytes))];

    /// <summary>What a start came to on the next batch, [N, C, H, W]: whole numbers from 0 to 255.</summary>
    public void Add(int start, Tensor bytes_NCHW)
    {
        using var bytes = bytes_NCHW.to_type(ScalarType.Byte);
        using var rowMajor = bytes.contiguous();
        _batches[start].Add(rowMajor.ToHost<byte>());
    }
}
