using System.Numerics;
using System.Runtime.CompilerServices;

namespace SpikeTrail.Snn.Kernels;

/// <summary>A surrogate's ds/du on a vector of processor registers: the arithmetic of <see cref="Neurons.Surrogate.Derivative"/>, in its order.</summary>
/// <typeparam name="T">Float or double.</typeparam>
internal interface ISlope<T>
{
    /// <summary>ds/du.</summary>
    Vector<T> At(Vector<T> u);
}

/// <summary>See <see cref="Neurons.Atan"/>.</summary>
internal readonly struct AtanSlope<T>(double alpha) : ISlope<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _scale = T.CreateTruncating(Math.PI / 2 * alpha);
    private readonly T _peak = T.CreateTruncating(alpha / 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> At(Vector<T> u)
    {
        var scaled = u * _scale;
        return Vector<T>.One / (scaled * scaled + Vector<T>.One) * _peak;
    }
}

/// <summary>See <see cref="Neurons.Sigmoid"/>.</summary>
internal readonly struct SigmoidSlope<T>(double alpha) : ISlope<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _alpha = T.CreateTruncating(alpha);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> At(Vector<T> u)
    {
        var sigma = Vector<T>.One / (Vector<T>.One + Exp(-(u * _alpha)));
        return (Vector<T>.One - sigma) * sigma * _alpha;
    }

    private static Vector<T> Exp(Vector<T> x) => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.Exp(Vector.As<T, float>(x)))
        : Vector.As<double, T>(Vector.Exp(Vector.As<T, double>(x)));
}

/// <summary>max(0, peak − steepness·|u|): see <see cref="Neurons.PiecewiseQuadratic"/> and <see cref="Neurons.Triangle"/>.</summary>
internal readonly struct TentSlope<T>(double peak, double steepness) : ISlope<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _peak = T.CreateTruncating(peak);
    private readonly T _fall = T.CreateTruncating(-steepness);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> At(Vector<T> u) => Vector.Max(Vector.Abs(u) * _fall + Vector.Create(_peak), Vector<T>.Zero);
}

/// <summary>See <see cref="Neurons.Rect"/>.</summary>
internal readonly struct RectSlope<T>(double alpha) : ISlope<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _height = T.CreateTruncating(alpha);
    private readonly T _halfWidth = T.CreateTruncating(0.5 / alpha);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> At(Vector<T> u) => Vector.LessThan(Vector.Abs(u), Vector.Create(_halfWidth)) & Vector.Create(_height);
}
