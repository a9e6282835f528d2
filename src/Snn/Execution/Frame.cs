using SpikeTrail.Protocol.Passes;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Execution;

/// <summary>
/// Some consecutive time steps of one batch: spikes going forward, gradients coming back. Owns its tensor.
/// </summary>
/// <param name="Time">Which time steps.</param>
/// <param name="Values_WN">Shape [W, N, …] with W = <c>Time.Count</c>.</param>
public sealed record Frame(TimeRange Time, Tensor Values_WN) : IDisposable
{
    /// <summary>Cuts a tensor of all T time steps, [T, N, …], into frames of at most <paramref name="window"/> steps. The frames share its storage.</summary>
    public static IEnumerable<Frame> Split(Tensor values_TN, int window)
    {
        var timeSteps = (int)values_TN.shape[0];
        for (var start = 0; start < timeSteps; start += window)
        {
            var time = new TimeRange(start, Math.Min(window, timeSteps - start));
            yield return new Frame(time, values_TN.narrow(0, time.Start, time.Count));
        }
    }

    /// <summary>Joins frames of consecutive time steps, given in any order, into one tensor [T, N, …]. The frames stay the caller's.</summary>
    public static Tensor Join(IReadOnlyCollection<Frame> frames) =>
        frames.Count == 1
            ? frames.Single().Values_WN.alias()
            : cat([.. frames.OrderBy(frame => frame.Time.Start).Select(frame => frame.Values_WN)], 0);

    /// <inheritdoc/>
    public void Dispose() => Values_WN.Dispose();
}
