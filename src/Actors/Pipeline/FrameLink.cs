using Akka.Actor;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>
/// One way from an actor to a neighbour, with back-pressure: so many frames may be under way, the rest wait here until
/// the neighbour has taken one. No mailbox holds more frames than that, and what waits here is at most one pass.
/// </summary>
/// <param name="neighbour">Where frames go.</param>
/// <param name="framesInFlight">How many may be under way.</param>
internal sealed class FrameLink(IActorRef neighbour, int framesInFlight) : IDisposable
{
    private readonly Queue<IFrame> _waiting = new();
    private int _credits = framesInFlight;

    /// <summary>Sends a frame, now or when its turn comes. The link takes it over.</summary>
    public void Send(IFrame frame)
    {
        _waiting.Enqueue(frame);
        Flush();
    }

    /// <summary>The neighbour has taken a frame.</summary>
    public void OnTaken()
    {
        _credits++;
        Flush();
    }

    /// <summary>Frees what still waits.</summary>
    public void Dispose()
    {
        while (_waiting.TryDequeue(out var frame))
        {
            frame.Content.Dispose();
        }
    }

    private void Flush()
    {
        while (_credits > 0 && _waiting.TryDequeue(out var frame))
        {
            _credits--;
            neighbour.Tell(frame);
        }
    }
}
