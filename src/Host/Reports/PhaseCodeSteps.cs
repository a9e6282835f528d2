using System.Numerics;

namespace SpikeTrail.Host.Reports;

/// <summary>What a change of a pixel is in a phase code, which shows the network the bits of its byte.</summary>
internal static class PhaseCodeSteps
{
    /// <summary>How many of a byte's 8 bits a step up or down by <paramref name="epsilon"/>/255 flips, averaged over all bytes and both directions.</summary>
    public static double FlippedBits(double epsilon)
    {
        var step = (int)epsilon;
        return Enumerable.Range(byte.MinValue, byte.MaxValue + 1)
            .SelectMany(value => new[] { (value, value + step), (value, value - step) })
            .Average(pair => BitOperations.PopCount((uint)(pair.value ^ Math.Clamp(pair.Item2, byte.MinValue, byte.MaxValue))));
    }
}
