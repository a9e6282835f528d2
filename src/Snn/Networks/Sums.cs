using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// Sums of tensors that leave no garbage. TorchSharp's own make a scalar for the 1 of "add 1 times this" and leave it to the collector: until that comes, each
/// holds apart the memory on both sides of it, and peaks grow.
/// </summary>
internal static class Sums
{
    /// <summary>The sum of two tensors.</summary>
    public static Tensor Of(Tensor one, Tensor other)
    {
        using var once = 1.ToScalar();
        return one.add(other, once);
    }

    /// <summary>The sum of two tensors, in the memory of the first, which nobody else may read.</summary>
    public static Tensor InPlace(Tensor to, Tensor values)
    {
        using var once = 1.ToScalar();
        return to.add_(values, once).alias();
    }

    /// <summary>x + factor·y·z.</summary>
    public static Tensor OfProduct(Tensor x, Tensor y, Tensor z, double factor = 1)
    {
        using var times = factor.ToScalar();
        return x.addcmul(y, z, times);
    }
}
