using Akka.Actor;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// One way from an actor to a neighbour, with back-pressure: so many messages may be under way, the rest wait here until
/// the neighbour has taken one. No mailbox and no socket holds more than that, and what waits here is at most one pass.
/// In one process a message is a frame, which leases its tensor; to another process it is a chunk of a packed frame.
/// </summary>
internal sealed class FrameLink : IDisposable
{
    private readonly IActorRef _neighbour;
    private readonly int? _chunkSize;
    private readonly Queue<IWireMessage> _waiting = new();
    private int _credits;
    private long _framesCut;

    /// <summary>A link to a neighbour, wherever it is.</summary>
    /// <param name="neighbour">Where frames go.</param>
    /// <param name="framesInFlight">How many may be under way in one process.</param>
    /// <param name="system">The sender's actor system, which says how frames travel between processes.</param>
    public FrameLink(IActorRef neighbour, int framesInFlight, ActorSystem system)
    {
        (_neighbour, _credits) = (neighbour, framesInFlight);
        if (neighbour is not IActorRefScope { IsLocal: true })
        {
            var settings = FrameSettings.Of(system);
            (_chunkSize, _credits) = (settings.ChunkSize, settings.ChunksInFlight);
        }
    }

    /// <summary>Bytes of packed frames that were sent to another process, or wait to be.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Sends a frame, now or when its turn comes. The link takes it over.</summary>
    public void Send(IFrame frame)
    {
        if (_chunkSize is { } size)
        {
            Cut(frame, size);
        }
        else
        {
            _waiting.Enqueue(frame);
        }

        Flush();
    }

    /// <summary>The neighbour has taken a message.</summary>
    public void OnTaken()
    {
        _credits++;
        Flush();
    }

    /// <summary>Frees what still waits.</summary>
    public void Dispose()
    {
        while (_waiting.TryDequeue(out var message))
        {
            (message as IFrame)?.Content.Dispose();
        }
    }

    private void Cut(IFrame frame, int size)
    {
        // Packing frees the tensor: what waits for credit is plain memory.
        ReadOnlyMemory<byte> bytes = MessageCodec.Encode(frame);
        for (var offset = 0; offset < bytes.Length; offset += size)
        {
            _waiting.Enqueue(new FrameChunk(frame.Pass, frame.Direction, _framesCut, offset, bytes.Length, bytes.Slice(offset, Math.Min(size, bytes.Length - offset))));
        }

        _framesCut++;
        BytesSent += bytes.Length;
    }

    private void Flush()
    {
        while (_credits > 0 && _waiting.TryDequeue(out var message))
        {
            _credits--;
            _neighbour.Tell(message);
        }
    }
}
