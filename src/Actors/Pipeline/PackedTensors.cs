using System.Runtime.InteropServices;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Wire;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>Tensors to bytes and back.</summary>
internal static class PackedTensors
{
    /// <summary>A tensor of reals, on any device, as bytes.</summary>
    public static PackedTensor Pack(Tensor tensor)
    {
        using var hosted = tensor.cpu();
        using var onHost = hosted.contiguous();
        return onHost.dtype switch
        {
            ScalarType.Float32 => new PackedTensor(onHost.shape, ElementType.Float32, TensorCodec.Encode(MemoryMarshal.Cast<byte, float>(onHost.bytes))),
            ScalarType.Float64 => new PackedTensor(onHost.shape, ElementType.Float64, TensorCodec.Encode(MemoryMarshal.Cast<byte, double>(onHost.bytes))),
            _ => throw new ArgumentException($"a frame holds reals, not {onHost.dtype}", nameof(tensor)),
        };
    }

    /// <summary>Takes the tensor out of a frame, however it came; the caller owns it.</summary>
    public static Tensor Take(this FrameContent content) => content switch
    {
        TensorLease lease => lease.Take(),
        PackedTensor packed => Unpack(packed),
        _ => throw new ArgumentException($"no frame content: {content.GetType()}", nameof(content)),
    };

    private static Tensor Unpack(PackedTensor packed)
    {
        var type = packed.Elements == ElementType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var tensor = empty([.. packed.Shape], type);
        if (type == ScalarType.Float64)
        {
            TensorCodec.Decode(packed.Payload.Span, MemoryMarshal.Cast<byte, double>(tensor.bytes));
        }
        else
        {
            TensorCodec.Decode(packed.Payload.Span, MemoryMarshal.Cast<byte, float>(tensor.bytes));
        }

        return tensor.DetachFromDisposeScope();
    }
}
