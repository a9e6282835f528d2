using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// The innermost sum of all that is sparse: rows of memory, each times a spike's value, spike by spike. A sum goes on from what is there:
/// its bits depend on the order of its spikes alone, not on how they are dealt into lists.
/// </summary>
internal static unsafe class SpikeSums
{
    /// <summary>
    /// Adds up two lists of spikes, four vectors wide, both at a time: one sum would wait for itself. to[c] += Σ values[s] · rows[offsets[s] + c].
    /// </summary>
    /// <param name="rows">Where offsets are taken from.</param>
    /// <param name="offsets">Of each spike, where its row begins.</param>
    /// <param name="values">Of each spike, its value.</param>
    /// <param name="one">Which spikes are the first list.</param>
    /// <param name="toOne">The first list's sums.</param>
    /// <param name="other">Which spikes are the second list.</param>
    /// <param name="toOther">The second list's sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<T>(T* rows, int* offsets, T* values, SpikeList one, T* toOne, SpikeList other, T* toOther)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var lanes = Vector512<T>.Count;
        Vector512<T> a0 = Vector512.Load(toOne), a1 = Vector512.Load(toOne + lanes), a2 = Vector512.Load(toOne + (2 * lanes)), a3 = Vector512.Load(toOne + (3 * lanes));
        Vector512<T> b0 = Vector512.Load(toOther), b1 = Vector512.Load(toOther + lanes), b2 = Vector512.Load(toOther + (2 * lanes)), b3 = Vector512.Load(toOther + (3 * lanes));
        var (a, b) = (one.First, other.First);
        for (var both = Math.Min(one.Count, other.Count); both > 0; both--, a++, b++)
        {
            AddRow(rows + offsets[a], values[a], ref a0, ref a1, ref a2, ref a3);
            AddRow(rows + offsets[b], values[b], ref b0, ref b1, ref b2, ref b3);
        }

        for (; a < one.End; a++)
        {
            AddRow(rows + offsets[a], values[a], ref a0, ref a1, ref a2, ref a3);
        }

        for (; b < other.End; b++)
        {
            AddRow(rows + offsets[b], values[b], ref b0, ref b1, ref b2, ref b3);
        }

        Store(toOne, a0, a1, a2, a3);
        Store(toOther, b0, b1, b2, b3);
    }

    /// <summary>Adds up one list of spikes, one vector wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddNarrow<T>(T* rows, int* offsets, T* values, SpikeList list, T* to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = Vector512.Load(to);
        for (var spike = list.First; spike < list.End; spike++)
        {
            sum = Columns<T>.MultiplyAdd(Vector512.Create(values[spike]), Vector512.Load(rows + offsets[spike]), sum);
        }

        sum.Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<T>(T* row, T value, ref Vector512<T> sum0, ref Vector512<T> sum1, ref Vector512<T> sum2, ref Vector512<T> sum3)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = Vector512.Create(value);
        sum0 = Columns<T>.MultiplyAdd(factor, Vector512.Load(row), sum0);
        sum1 = Columns<T>.MultiplyAdd(factor, Vector512.Load(row + Vector512<T>.Count), sum1);
        sum2 = Columns<T>.MultiplyAdd(factor, Vector512.Load(row + (2 * Vector512<T>.Count)), sum2);
        sum3 = Columns<T>.MultiplyAdd(factor, Vector512.Load(row + (3 * Vector512<T>.Count)), sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T* to, Vector512<T> sum0, Vector512<T> sum1, Vector512<T> sum2, Vector512<T> sum3)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        sum0.Store(to);
        sum1.Store(to + Vector512<T>.Count);
        sum2.Store(to + (2 * Vector512<T>.Count));
        sum3.Store(to + (3 * Vector512<T>.Count));
    }
}

/// <summary>Which of many spikes a list has.</summary>
/// <param name="First">The first.</param>
/// <param name="End">The one after the last.</param>
internal readonly record struct SpikeList(int First, int End)
{
    /// <summary>How many there are.</summary>
    public int Count => End - First;
}
