namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>When a difference is larger than chance.</summary>
internal static class Significance
{
    /// <summary>The chance of a mistake that a test is allowed.</summary>
    public const double Level = 0.05;
}
