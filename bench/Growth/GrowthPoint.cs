using SpikeTrail.Host.Benchmarks;

namespace SpikeTrail.Bench.Growth;

/// <summary>A setting to measure at.</summary>
/// <param name="TimeSteps">T.</param>
/// <param name="BatchSize">Images a pass.</param>
/// <param name="Depth">Layers of the network; from 50 on, its blocks are bottlenecks.</param>
/// <param name="Width">Multiplies its channels.</param>
internal sealed record GrowthPoint(int TimeSteps, int BatchSize, int Depth, double Width)
{
    /// <summary>The setting of <c>spiketrail bench</c>: what the others are compared with.</summary>
    public static GrowthPoint Base { get; } = new(BenchmarkSetting.TimeSteps, BenchmarkSetting.BatchSize, BenchmarkSetting.Depth, Width: 1);

    /// <summary>The base, and what differs from it in one thing.</summary>
    public static IReadOnlyList<GrowthPoint> All { get; } =
    [
        Base,
        .. new[] { 1, 2, 5, 20 }.Select(timeSteps => Base with { TimeSteps = timeSteps }),
        .. new[] { 4, 8, 32, 64 }.Select(batchSize => Base with { BatchSize = batchSize }),
        .. new[] { 34, 50 }.Select(depth => Base with { Depth = depth }),
        .. new[] { 0.25, 0.5 }.Select(width => Base with { Width = width }),
    ];

    /// <summary>In what it differs from the base.</summary>
    public override string ToString() => this switch
    {
        _ when this == Base => $"T = {TimeSteps}, {BatchSize} images, depth {Depth}, width {BenchOptions.Text(Width)}",
        _ when TimeSteps != Base.TimeSteps => $"T = {TimeSteps}",
        _ when BatchSize != Base.BatchSize => $"{BatchSize} images",
        _ when Depth != Base.Depth => $"depth {Depth}",
        _ => $"width {BenchOptions.Text(Width)}",
    };
}
