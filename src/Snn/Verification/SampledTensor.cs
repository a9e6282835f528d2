using SpikeTrail.Snn.Probes;
using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Verification;

/// <summary>A tensor as a case file states it: its shape, figures over all its elements, and some of the elements themselves.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="Sum">The sum of the elements.</param>
/// <param name="L1">The sum of their magnitudes.</param>
/// <param name="L2">The root of the sum of their squares.</param>
/// <param name="Zeros">How many are exactly 0.</param>
/// <param name="At">Places, row-major.</param>
/// <param name="Values">The elements at those places.</param>
public sealed record SampledTensor(
    IReadOnlyList<long> Shape, double Sum, double L1, double L2, long Zeros, IReadOnlyList<long> At, IReadOnlyList<double> Values)
{
    /// <summary>How many elements the tensor has.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>The root mean square of the elements.</summary>
    public double Rms => L2 / Math.Sqrt(Count);

    /// <summary>
    /// How many are not 0 but so far below the others that they are sums whose terms cancel: rounding decides whether such an
    /// element is exactly 0. Known of computed tensors only.
    /// </summary>
    public long Cancelled { get; private init; }

    /// <summary>Takes the figures of a tensor, in double precision.</summary>
    public static SampledTensor Of(Tensor tensor, IReadOnlyList<long> at)
    {
        using var cut = tensor.detach();
        using var real = cut.to_type(ScalarType.Float64);
        using var flat = real.reshape(-1);
        using var magnitudes = flat.abs();
        using var nonZero = flat.count_nonzero();
        using var sum = flat.sum();
        using var l1 = magnitudes.sum();
        using var squares = flat.dot(flat);
        using var places = torch.tensor(at.ToArray());
        using var sampled = flat.index_select(0, places);
        var l2 = Math.Sqrt(squares.item<double>());
        using var small = magnitudes.le(Cancellation(tensor.dtype) * l2 / Math.Sqrt(flat.NumberOfElements));
        using var smallOrZero = small.count_nonzero();
        var zeros = flat.NumberOfElements - nonZero.item<long>();
        return new SampledTensor(
            tensor.shape,
            sum.item<double>(),
            l1.item<double>(),
            l2,
            zeros,
            at,
            sampled.ToHost<double>())
        {
            Cancelled = smallOrZero.item<long>() - zeros,
        };
    }

    /// <summary>What is left of a cancelled sum, relative to the other elements, at most; measured: 2e-15 in double precision.</summary>
    private static double Cancellation(ScalarType type) => type == ScalarType.Float64 ? 1e-12 : 1e-4;
}
