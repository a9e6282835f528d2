using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// The end of a link between processes: puts frames together from their chunks. The transport keeps their order; a chunk
/// that is lost, comes twice or belongs to no frame is found here, and costs the pipeline. Memory is that of chunks that
/// have come, and no claim makes it grow.
/// </summary>
/// <param name="maximumSize">Bytes of the largest frame that is taken.</param>
internal sealed class FrameAssembly(int maximumSize)
{
    private readonly List<FrameChunk> _chunks = [];
    private long _frame;
    private int _received;

    /// <summary>Takes a chunk; gives back the frame that it completes.</summary>
    /// <exception cref="InvalidOperationException">It is not the chunk that comes next.</exception>
    /// <exception cref="InvalidDataException">The chunks make no frame.</exception>
    public IFrame? Add(FrameChunk chunk)
    {
        if (chunk.Length > maximumSize)
        {
            throw new InvalidOperationException($"a frame of {chunk.Length} bytes is announced, spiketrail.frames.maximum-size is {maximumSize}");
        }

        var follows = _received == 0 || (chunk.Pass == _chunks[0].Pass && chunk.Length == _chunks[0].Length);
        if (chunk.Frame != _frame || chunk.Offset != _received || !follows)
        {
            throw new InvalidOperationException(
                $"expected byte {_received} of frame {_frame}, got byte {chunk.Offset} of frame {chunk.Frame} of {chunk.Pass}: chunks were lost on the way");
        }

        _chunks.Add(chunk);
        _received += chunk.Bytes.Length;
        return _received == chunk.Length ? Join() : null;
    }

    private IFrame Join()
    {
        var (first, bytes) = (_chunks[0], new byte[_received]);
        foreach (var chunk in _chunks)
        {
            chunk.Bytes.CopyTo(bytes.AsMemory(chunk.Offset));
        }

        _chunks.Clear();
        (_frame, _received) = (_frame + 1, 0);
        var manifest = MessageCodec.Manifests[first.Direction == Direction.Forward ? typeof(SpikeFrame) : typeof(GradientFrame)];
        return (IFrame)MessageCodec.Decode(manifest, bytes);
    }
}
