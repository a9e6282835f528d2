using System.Numerics;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>Rows of a <see cref="DenseProduct"/> by one panel: gathered until there are six, then multiplied.</summary>
/// <param name="width">How many columns of the panel: one, two or four vectors (<see cref="Columns{T}.BlockAt"/>).</param>
/// <param name="walk">Where the values of a row lie.</param>
/// <param name="panel">Rows of <paramref name="width"/> columns, one for each value.</param>
/// <param name="panelStep">How far they are apart.</param>
internal unsafe struct DenseRows<T>(int width, Walk walk, T* panel, int panelStep)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Pointers cannot be elements of such arrays.
    private fixed long _from[DenseProduct.Rows];
    private fixed long _to[DenseProduct.Rows];
    private int _count;

    /// <summary>One row more: where its values begin, and the columns that are added to.</summary>
    public void Add(T* from, T* to)
    {
        _from[_count] = (long)from;
        _to[_count] = (long)to;
        if (++_count == DenseProduct.Rows)
        {
            Multiply();
        }
    }

    /// <summary>The pixels of some images that a pixel of the kernel joins: a row each.</summary>
    public void Add(int images, (int From, int To)[] joins, Pixels<T> from, Pixels<T> to)
    {
        for (var image = 0; image < images; image++)
        {
            foreach (var (one, other) in joins)
            {
                Add(from.At(image, one), to.At(image, other));
            }
        }
    }

    /// <summary>Multiplies what is left.</summary>
    public void End()
    {
        if (_count == 0)
        {
            return;
        }

        // The rows that are missing compute what nobody reads.
        var spare = stackalloc T[4 * Vector512<T>.Count];
        for (; _count < DenseProduct.Rows; _count++)
        {
            _from[_count] = _from[0];
            _to[_count] = (long)spare;
        }

        Multiply();
    }

    private void Multiply()
    {
        fixed (long* from = _from, to = _to)
        {
            DenseProduct.MultiplyAdd(width, (T**)from, walk, panel, panelStep, (T**)to);
        }

        _count = 0;
    }
}
