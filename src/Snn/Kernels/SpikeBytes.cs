using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Spikes in a byte each, for what must be kept of them: spikes are 0 or 1, and residual blocks add them up. Nothing is lost: what has
/// other values stays as it is.
/// </summary>
internal static unsafe class SpikeBytes
{
    private const int PieceSize = 1 << 14;

    /// <summary>
    /// Values [M, C, H, W] as bytes, channels-last in memory, where all are whole numbers from 0 to 255; else an alias. A zero's sign is not kept.
    /// </summary>
    public static Tensor Of(Tensor values)
    {
        using var values_MHWC = ConvolutionKernel.ChannelsLast(values);
        using var bytes_MHWC = empty(values_MHWC.shape, ScalarType.Byte);
        var count = values.NumberOfElements;
        return count == 0 || (values.dtype == ScalarType.Float32 ? Pack<float>(values_MHWC, bytes_MHWC, count) : Pack<double>(values_MHWC, bytes_MHWC, count))
            ? bytes_MHWC.permute(0, 3, 1, 2)
            : values.alias();
    }

    private static bool Pack<T>(Tensor values_MHWC, Tensor bytes_MHWC, long count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = TensorMemory.Of<T>(values_MHWC);
        var bytes = TensorMemory.Of<byte>(bytes_MHWC);
        var whole = true;
        ThreadTeam.Run((int)((count + PieceSize - 1) / PieceSize), (first, last) =>
        {
            for (var piece = (long)first; piece < last && Volatile.Read(ref whole); piece++)
            {
                var start = piece * PieceSize;
                if (!Pack(values + start, bytes + start, (int)Math.Min(PieceSize, count - start)))
                {
                    Volatile.Write(ref whole, false);
                }
            }
        });
        return whole;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Pack<T>(T* values, byte* bytes, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        if (typeof(T) == typeof(float))
        {
            var unlike = Vector512<float>.Zero;
            for (; i <= count - Vector512<byte>.Count; i += Vector512<byte>.Count)
            {
                var low = Vector512.Narrow(Whole((float*)values + i, ref unlike), Whole((float*)values + i + 16, ref unlike));
                var high = Vector512.Narrow(Whole((float*)values + i + 32, ref unlike), Whole((float*)values + i + 48, ref unlike));
                Vector512.Narrow(low, high).Store(bytes + i);
            }

            if (unlike.AsByte() != Vector512<byte>.Zero)
            {
                return false;
            }
        }

        for (; i < count; i++)
        {
            bytes[i] = byte.CreateSaturating(values[i]);
            if (T.CreateTruncating(bytes[i]) != values[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Values cut to whole numbers from 0 to 255, and a note of those that this changed: bits that are not zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Whole(float* values, ref Vector512<float> unlike)
    {
        var found = Vector512.Load(values);
        var whole = Vector512.ConvertToInt32Native(found) & Vector512.Create(255);
        unlike |= ~Vector512.Equals(Vector512.ConvertToSingle(whole), found);
        return whole.AsUInt32();
    }
}
