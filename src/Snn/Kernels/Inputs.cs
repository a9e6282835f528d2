using System.Numerics;
using System.Runtime.CompilerServices;

namespace SpikeTrail.Snn.Kernels;

/// <summary>Where a time step of a block of neurons has its inputs from.</summary>
/// <typeparam name="T">Float or double.</typeparam>
internal interface IInputs<T>
{
    /// <summary>The inputs from a neuron on.</summary>
    Vector<T> At(int index);

    /// <summary>The same where fewer neurons than a vector holds are left; what comes after them means nothing.</summary>
    Vector<T> Last(int index, int count);
}

/// <summary>Inputs that lie in memory.</summary>
internal readonly unsafe struct PlainInputs<T>(T* values) : IInputs<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> At(int index) => Vector.Load(values + index);

    public Vector<T> Last(int index, int count)
    {
        Vector<T> last = default;
        Unsafe.CopyBlockUnaligned(&last, values + index, (uint)(count * sizeof(T)));
        return last;
    }
}

/// <summary>Inputs that are normalised on the way: x·scale + shift, rounded once, with the scale and shift of each value's channel.</summary>
internal readonly unsafe struct NormalizedInputs<T>(T* values, T* scale, T* shift) : IInputs<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<T> At(int index) => Normalized(Vector.Load(values + index), index);

    public Vector<T> Last(int index, int count) => Normalized(new PlainInputs<T>(values).Last(index, count), index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<T> Normalized(Vector<T> input, int index) =>
        NeuronKernel.FusedMultiplyAdd(input, Vector.Load(scale + index), Vector.Load(shift + index));
}
