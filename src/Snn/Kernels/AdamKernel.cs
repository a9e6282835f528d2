using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>What one step of Adam multiplies and adds.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="WeightDecay">What a weight is multiplied by when it is added to its gradient.</param>
/// <param name="Epsilon">Addition to the denominator.</param>
/// <param name="StepSize">The learning rate over 1 − β₁ᵗ.</param>
/// <param name="Correction">√(1 − β₂ᵗ).</param>
internal readonly record struct AdamStep(double Beta1, double Beta2, double WeightDecay, double Epsilon, double StepSize, double Correction);

/// <summary>
/// A step of Adam that passes over memory once, where tensor operations pass over it ten times: the step is bound by memory alone.
/// A weight's bits depend neither on its place nor on the number of threads.
/// </summary>
internal static unsafe class AdamKernel
{
    private const int BlockSize = 1 << 14;

    /// <summary>Whether the kernel can work on a weight's memory.</summary>
    public static bool Covers(Tensor weight) =>
        weight.device_type == DeviceType.CPU && weight.dtype is ScalarType.Float32 or ScalarType.Float64;

    /// <summary>Moves a weight and both its moments. All four tensors have one shape; the weight and its moments one layout in memory.</summary>
    public static void Step(AdamStep step, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment)
    {
        using var like = TensorMemory.InLayoutOf(weight, gradient);
        TensorMemory.RequireLayoutOf(weight, firstMoment);
        TensorMemory.RequireLayoutOf(weight, secondMoment);
        if (weight.dtype == ScalarType.Float32)
        {
            Step<float>(step, weight, like, firstMoment, secondMoment);
        }
        else
        {
            Step<double>(step, weight, like, firstMoment, secondMoment);
        }
    }

    private static void Step<T>(AdamStep step, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* w = TensorMemory.Of<T>(weight), g = TensorMemory.Of<T>(gradient), m = TensorMemory.Of<T>(firstMoment), v = TensorMemory.Of<T>(secondMoment);
        var count = weight.NumberOfElements;
        ThreadTeam.Run((int)((count + BlockSize - 1) / BlockSize), (first, last) =>
        {
            var start = (long)first * BlockSize;
            Move(step, w + start, g + start, m + start, v + start, (int)(Math.Min(count, (long)last * BlockSize) - start));
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Move<T>(in AdamStep step, T* weight, T* gradient, T* firstMoment, T* secondMoment, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> Constant(double value) => Vector.Create(T.CreateTruncating(value));
        var (beta1, beta2, rest1, rest2) = (Constant(step.Beta1), Constant(step.Beta2), Constant(1 - step.Beta1), Constant(1 - step.Beta2));
        var (decay, epsilon, stepSize, correction) = (Constant(step.WeightDecay), Constant(step.Epsilon), Constant(step.StepSize), Constant(step.Correction));
        var i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var w = Vector.Load(weight + i);
            var g = Vector.Load(gradient + i) + (w * decay);
            var m = (Vector.Load(firstMoment + i) * beta1) + (g * rest1);
            var v = (Vector.Load(secondMoment + i) * beta2) + (g * g * rest2);
            Vector.Store(m, firstMoment + i);
            Vector.Store(v, secondMoment + i);
            Vector.Store(w - (stepSize * m / ((Vector.SquareRoot(v) / correction) + epsilon)), weight + i);
        }

        if (i < count)
        {
            // Less than a vector: the same on padded copies.
            Vector<T> w = default, g = default, m = default, v = default;
            var bytes = (uint)((count - i) * sizeof(T));
            Unsafe.CopyBlockUnaligned(&w, weight + i, bytes);
            Unsafe.CopyBlockUnaligned(&g, gradient + i, bytes);
            Unsafe.CopyBlockUnaligned(&m, firstMoment + i, bytes);
            Unsafe.CopyBlockUnaligned(&v, secondMoment + i, bytes);
            Move(step, (T*)&w, (T*)&g, (T*)&m, (T*)&v, Vector<T>.Count);
            Unsafe.CopyBlockUnaligned(weight + i, &w, bytes);
            Unsafe.CopyBlockUnaligned(firstMoment + i, &m, bytes);
            Unsafe.CopyBlockUnaligned(secondMoment + i, &v, bytes);
        }
    }
}
