using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Passes;

/// <summary>
/// A piece of a frame on its way to another process: no message is so large that others would wait long behind it. The
/// frame's bytes are those it would have as one message; its chunks come in order, and the next frame's after them.
/// </summary>
/// <param name="Pass">The pass the frame belongs to.</param>
/// <param name="Direction">The way the frame travels.</param>
/// <param name="Frame">Which frame of the link: 0, 1, 2, …</param>
/// <param name="Offset">Where the piece begins in the frame.</param>
/// <param name="Length">Bytes of the whole frame.</param>
/// <param name="Bytes">The piece, at least one byte.</param>
public sealed record FrameChunk(PassId Pass, Direction Direction, long Frame, int Offset, int Length, ReadOnlyMemory<byte> Bytes) : IWireMessage;
