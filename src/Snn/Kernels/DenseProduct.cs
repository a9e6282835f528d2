using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>The innermost product of dense gradients and weights: six rows by a panel of weights, all sums in registers.</summary>
internal static unsafe class DenseProduct
{
    /// <summary>Rows at a time.</summary>
    public const int Rows = 6;

    /// <summary>Weights of so many output channels, four vectors wide, stay in the nearest cache.</summary>
    public const int Depth = 64;

    /// <summary>Adds the product of six rows of gradients and a panel of weights, four vectors wide, to six rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAdd<T>(T** from, T* panel, T** to, int depths)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var lanes = Vector512<T>.Count;
        T* from0 = from[0], from1 = from[1], from2 = from[2], from3 = from[3], from4 = from[4], from5 = from[5];
        Vector512<T> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<T> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        Vector512<T> e0 = default, e1 = default, e2 = default, e3 = default, f0 = default, f1 = default, f2 = default, f3 = default;
        for (var depth = 0; depth < depths; depth++, panel += 4 * lanes)
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

        Add(to[0], a0, a1, a2, a3);
        Add(to[1], b0, b1, b2, b3);
        Add(to[2], c0, c1, c2, c3);
        Add(to[3], d0, d1, d2, d3);
        Add(to[4], e0, e1, e2, e3);
        Add(to[5], f0, f1, f2, f3);
    }

    /// <summary>The same one vector wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAddNarrow<T>(T** from, T* panel, T** to, int depths)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* from0 = from[0], from1 = from[1], from2 = from[2], from3 = from[3], from4 = from[4], from5 = from[5];
        Vector512<T> a = default, b = default, c = default, d = default, e = default, f = default;
        for (var depth = 0; depth < depths; depth++, panel += Vector512<T>.Count)
        {
            var weight = Vector512.Load(panel);
            a = Columns<T>.MultiplyAdd(Vector512.Create(from0[depth]), weight, a);
            b = Columns<T>.MultiplyAdd(Vector512.Create(from1[depth]), weight, b);
            c = Columns<T>.MultiplyAdd(Vector512.Create(from2[depth]), weight, c);
            d = Columns<T>.MultiplyAdd(Vector512.Create(from3[depth]), weight, d);
            e = Columns<T>.MultiplyAdd(Vector512.Create(from4[depth]), weight, e);
            f = Columns<T>.MultiplyAdd(Vector512.Create(from5[depth]), weight, f);
        }

        (Vector512.Load(to[0]) + a).Store(to[0]);
        (Vector512.Load(to[1]) + b).Store(to[1]);
        (Vector512.Load(to[2]) + c).Store(to[2]);
        (Vector512.Load(to[3]) + d).Store(to[3]);
        (Vector512.Load(to[4]) + e).Store(to[4]);
        (Vector512.Load(to[5]) + f).Store(to[5]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(T* to, Vector512<T> sum0, Vector512<T> sum1, Vector512<T> sum2, Vector512<T> sum3)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var lanes = Vector512<T>.Count;
        (Vector512.Load(to) + sum0).Store(to);
        (Vector512.Load(to + lanes) + sum1).Store(to + lanes);
        (Vector512.Load(to + (2 * lanes)) + sum2).Store(to + (2 * lanes));
        (Vector512.Load(to + (3 * lanes)) + sum3).Store(to + (3 * lanes));
    }
}
