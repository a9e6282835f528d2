using Akka.Actor;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// The frames of one actor in the ring of a pipeline: spikes go out to one neighbour and gradients to the other, and as
/// they come in they are acknowledged and, where they came in chunks, put together.
/// </summary>
/// <param name="spikesTo">The neighbour that spikes go to, and gradients come from.</param>
/// <param name="gradientsTo">The neighbour that gradients go to, and spikes come from.</param>
/// <param name="framesInFlight">How many frames may be under way to a neighbour in the same process.</param>
/// <param name="system">The actor's system.</param>
internal sealed class FrameExchange(IActorRef spikesTo, IActorRef gradientsTo, int framesInFlight, ActorSystem system) : IDisposable
{
    private readonly FrameLink _spikes = new(spikesTo, framesInFlight, system);
    private readonly FrameLink _gradients = new(gradientsTo, framesInFlight, system);
    private readonly Dictionary<Direction, FrameAssembly> _assemblies = [];

    /// <summary>Bytes of packed frames that were sent to other processes, or wait to be.</summary>
    public long BytesSent => _spikes.BytesSent + _gradients.BytesSent;

    /// <summary>Sends a frame on its way, now or when its turn comes. It is taken over.</summary>
    public void Send(IFrame frame) => LinkOf(frame.Direction).Send(frame);

    /// <summary>A neighbour has taken something that was sent to it.</summary>
    public void OnTaken(FrameTaken taken) => LinkOf(taken.Direction).OnTaken();

    /// <summary>Acknowledges a frame that has come.</summary>
    public static IFrame Receive(IFrame frame, IActorRef from)
    {
        from.Tell(new FrameTaken(frame.Pass, frame.Direction));
        return frame;
    }

    /// <summary>Acknowledges a chunk that has come, and gives back the frame that it completes.</summary>
    /// <exception cref="InvalidOperationException">It is not the chunk that comes next.</exception>
    /// <exception cref="InvalidDataException">The chunks make no frame.</exception>
    public IFrame? Receive(FrameChunk chunk, IActorRef from)
    {
        from.Tell(new FrameTaken(chunk.Pass, chunk.Direction));
        if (!_assemblies.TryGetValue(chunk.Direction, out var assembly))
        {
            _assemblies.Add(chunk.Direction, assembly = new FrameAssembly(FrameSettings.Of(system).MaximumSize));
        }

        return assembly.Add(chunk);
    }

    /// <summary>Frees what still waits to be sent.</summary>
    public void Dispose()
    {
        _spikes.Dispose();
        _gradients.Dispose();
    }

    private FrameLink LinkOf(Direction direction) => direction == Direction.Forward ? _spikes : _gradients;
}
