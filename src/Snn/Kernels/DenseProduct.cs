using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>The innermost product of all that is not sparse: six rows by a panel of columns, all sums in registers.</summary>
internal static unsafe class DenseProduct
{
    /// <summary>Rows at a time.</summary>
    public const int Rows = 6;

    /// <summary>Weights of so many output channels, four vectors wide, stay in the nearest cache.</summary>
    public const int Depth = 64;

    /// <summary>Adds the product of six rows and a panel to six rows: to[r][c] += Σ_d from[r][d] · panel[d·panelStep + c].</summary>
    /// <param name="width">How many columns: one, two or four vectors (<see cref="Columns{T}.BlockAt"/>).</param>
    /// <param name="from">Six rows.</param>
    /// <param name="walk">Where the values of a row lie.</param>
    /// <param name="panel">Rows of <paramref name="width"/> columns, one for each value.</param>
    /// <param name="panelStep">How far they are apart.</param>
    /// <param name="to">Six rows of <paramref name="width"/> columns, added to one after another.</param>
    public static void MultiplyAdd<T>(int width, T** from, in Walk walk, T* panel, int panelStep, T** to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (width == Columns<T>.Wide)
        {
            Wide(from, walk, panel, panelStep, to);
        }
        else if (width == Columns<T>.Pair)
        {
            Pair(from, walk, panel, panelStep, to);
        }
        else
        {
            Narrow(from, walk, panel, panelStep, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide<T>(T** from, in Walk walk, T* panel, nint panelStep, T** to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var lanes = Vector512<T>.Count;
        T* from0 = from[0], from1 = from[1], from2 = from[2], from3 = from[3], from4 = from[4], from5 = from[5];
        Vector512<T> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<T> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        Vector512<T> e0 = default, e1 = default, e2 = default, e3 = default, f0 = default, f1 = default, f2 = default, f3 = default;
        nint depth = 0, step = walk.Step, skip = walk.Skip;
        for (var run = walk.Runs; run > 0; run--, depth += skip)
        {
            for (var left = walk.Length; left > 0; left--, depth += step, panel += panelStep)
            {
                var (w0, w1, w2, w3) = (Vector512.Load(panel), Vector512.Load(panel + lanes), Vector512.Load(panel + (2 * lanes)), Vector512.Load(panel + (3 * lanes)));
                var value = Vector512.Create(from0[depth]);
                a0 = Columns<T>.MultiplyAdd(value, w0, a0);
                a1 = Columns<T>.MultiplyAdd(value, w1, a1);
                a2 = Columns<T>.MultiplyAdd(value, w2, a2);
                a3 = Columns<T>.MultiplyAdd(value, w3, a3);
                value = Vector512.Create(from1[depth]);
                b0 = Columns<T>.MultiplyAdd(value, w0, b0);
                b1 = Columns<T>.MultiplyAdd(value, w1, b1);
                b2 = Columns<T>.MultiplyAdd(value, w2, b2);
                b3 = Columns<T>.MultiplyAdd(value, w3, b3);
                value = Vector512.Create(from2[depth]);
                c0 = Columns<T>.MultiplyAdd(value, w0, c0);
                c1 = Columns<T>.MultiplyAdd(value, w1, c1);
                c2 = Columns<T>.MultiplyAdd(value, w2, c2);
                c3 = Columns<T>.MultiplyAdd(value, w3, c3);
                value = Vector512.Create(from3[depth]);
                d0 = Columns<T>.MultiplyAdd(value, w0, d0);
                d1 = Columns<T>.MultiplyAdd(value, w1, d1);
                d2 = Columns<T>.MultiplyAdd(value, w2, d2);
                d3 = Columns<T>.MultiplyAdd(value, w3, d3);
                value = Vector512.Create(from4[depth]);
                e0 = Columns<T>.MultiplyAdd(value, w0, e0);
                e1 = Columns<T>.MultiplyAdd(value, w1, e1);
                e2 = Columns<T>.MultiplyAdd(value, w2, e2);
                e3 = Columns<T>.MultiplyAdd(value, w3, e3);
                value = Vector512.Create(from5[depth]);
                f0 = Columns<T>.MultiplyAdd(value, w0, f0);
                f1 = Columns<T>.MultiplyAdd(value, w1, f1);
                f2 = Columns<T>.MultiplyAdd(value, w2, f2);
                f3 = Columns<T>.MultiplyAdd(value, w3, f3);
            }
        }

        Add(to[0], a0, a1);
        Add(to[0] + (2 * lanes), a2, a3);
        Add(to[1], b0, b1);
        Add(to[1] + (2 * lanes), b2, b3);
        Add(to[2], c0, c1);
        Add(to[2] + (2 * lanes), c2, c3);
        Add(to[3], d0, d1);
        Add(to[3] + (2 * lanes), d2, d3);
        Add(to[4], e0, e1);
        Add(to[4] + (2 * lanes), e2, e3);
        Add(to[5], f0, f1);
        Add(to[5] + (2 * lanes), f2, f3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pair<T>(T** from, in Walk walk, T* panel, nint panelStep, T** to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* from0 = from[0], from1 = from[1], from2 = from[2], from3 = from[3], from4 = from[4], from5 = from[5];
        Vector512<T> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        Vector512<T> d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        nint depth = 0, step = walk.Step, skip = walk.Skip;
        for (var run = walk.Runs; run > 0; run--, depth += skip)
        {
            for (var left = walk.Length; left > 0; left--, depth += step, panel += panelStep)
            {
                var (w0, w1) = (Vector512.Load(panel), Vector512.Load(panel + Vector512<T>.Count));
                var value = Vector512.Create(from0[depth]);
                a0 = Columns<T>.MultiplyAdd(value, w0, a0);
                a1 = Columns<T>.MultiplyAdd(value, w1, a1);
                value = Vector512.Create(from1[depth]);
                b0 = Columns<T>.MultiplyAdd(value, w0, b0);
                b1 = Columns<T>.MultiplyAdd(value, w1, b1);
                value = Vector512.Create(from2[depth]);
                c0 = Columns<T>.MultiplyAdd(value, w0, c0);
                c1 = Columns<T>.MultiplyAdd(value, w1, c1);
                value = Vector512.Create(from3[depth]);
                d0 = Columns<T>.MultiplyAdd(value, w0, d0);
                d1 = Columns<T>.MultiplyAdd(value, w1, d1);
                value = Vector512.Create(from4[depth]);
                e0 = Columns<T>.MultiplyAdd(value, w0, e0);
                e1 = Columns<T>.MultiplyAdd(value, w1, e1);
                value = Vector512.Create(from5[depth]);
                f0 = Columns<T>.MultiplyAdd(value, w0, f0);
                f1 = Columns<T>.MultiplyAdd(value, w1, f1);
            }
        }

        Add(to[0], a0, a1);
        Add(to[1], b0, b1);
        Add(to[2], c0, c1);
        Add(to[3], d0, d1);
        Add(to[4], e0, e1);
        Add(to[5], f0, f1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow<T>(T** from, in Walk walk, T* panel, nint panelStep, T** to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* from0 = from[0], from1 = from[1], from2 = from[2], from3 = from[3], from4 = from[4], from5 = from[5];
        Vector512<T> a = default, b = default, c = default, d = default, e = default, f = default;
        nint depth = 0, step = walk.Step, skip = walk.Skip;
        for (var run = walk.Runs; run > 0; run--, depth += skip)
        {
            for (var left = walk.Length; left > 0; left--, depth += step, panel += panelStep)
            {
                var weight = Vector512.Load(panel);
                a = Columns<T>.MultiplyAdd(Vector512.Create(from0[depth]), weight, a);
                b = Columns<T>.MultiplyAdd(Vector512.Create(from1[depth]), weight, b);
                c = Columns<T>.MultiplyAdd(Vector512.Create(from2[depth]), weight, c);
                d = Columns<T>.MultiplyAdd(Vector512.Create(from3[depth]), weight, d);
                e = Columns<T>.MultiplyAdd(Vector512.Create(from4[depth]), weight, e);
                f = Columns<T>.MultiplyAdd(Vector512.Create(from5[depth]), weight, f);
            }
        }

        Add(to[0], a);
        Add(to[1], b);
        Add(to[2], c);
        Add(to[3], d);
        Add(to[4], e);
        Add(to[5], f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(T* to, Vector512<T> sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => (Vector512.Load(to) + sum).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(T* to, Vector512<T> sum0, Vector512<T> sum1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Add(to, sum0);
        Add(to + Vector512<T>.Count, sum1);
    }
}

/// <summary>Where the values of a row lie in memory: in runs.</summary>
/// <param name="Runs">How many runs.</param>
/// <param name="Apart">How far a run begins after the one before, in values.</param>
/// <param name="Length">Values in a run.</param>
/// <param name="Step">How far they are apart.</param>
internal readonly record struct Walk(int Runs, int Apart, int Length, int Step)
{
    /// <summary>How far it is from after a run to the next.</summary>
    public int Skip => Apart - (Length * Step);

    /// <summary>Values side by side.</summary>
    public static Walk Along(int length) => new(Runs: 1, Apart: 0, length, Step: 1);
}
