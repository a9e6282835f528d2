namespace SpikeTrail.Protocol.Wire;

/// <summary>A frame's content that lives in one process and can leave it as bytes.</summary>
public interface IPackableContent
{
    /// <summary>The content as bytes. This takes the content: what it held is freed, whether packing succeeds or throws.</summary>
    PackedTensor Pack();
}
