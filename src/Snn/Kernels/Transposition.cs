using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SpikeTrail.Snn.Kernels;

/// <summary>Turns small matrices round, four by four where values are floats.</summary>
internal static unsafe class Transposition
{
    private const int Four = 4;

    /// <summary>Writes row r of a matrix as column r of another, for as many rows as a vector has values.</summary>
    /// <param name="from">The matrix.</param>
    /// <param name="fromStep">How far its rows are apart.</param>
    /// <param name="to">Where the other begins.</param>
    /// <param name="toStep">How far its rows are apart.</param>
    /// <param name="columns">How many columns the matrix has.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowsToColumns<T>(T* from, long fromStep, T* to, long toStep, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var column = 0;
        if (typeof(T) == typeof(float))
        {
            for (; column <= columns - Four; column += Four)
            {
                for (var row = 0; row < Columns<T>.Narrow; row += Four)
                {
                    FourByFour((float*)from + (row * fromStep) + column, fromStep, (float*)to + (column * toStep) + row, toStep);
                }
            }
        }

        for (; column < columns; column++)
        {
            for (var row = 0; row < Columns<T>.Narrow; row++)
            {
                to[(column * toStep) + row] = from[(row * fromStep) + column];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourByFour(float* from, long fromStep, float* to, long toStep)
    {
        var (a, b) = (Vector128.Load(from), Vector128.Load(from + fromStep));
        var (c, d) = (Vector128.Load(from + (2 * fromStep)), Vector128.Load(from + (3 * fromStep)));
        var (ab, cd) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d));
        Sse.MoveLowToHigh(ab, cd).Store(to);
        Sse.MoveHighToLow(cd, ab).Store(to + toStep);
        (ab, cd) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
        Sse.MoveLowToHigh(ab, cd).Store(to + (2 * toStep));
        Sse.MoveHighToLow(cd, ab).Store(to + (3 * toStep));
    }
}
