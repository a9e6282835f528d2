using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>Holds ratios against those of an earlier run: nothing gets slower unnoticed.</summary>
/// <param name="file">What <c>spiketrail bench --json</c> wrote then.</param>
/// <exception cref="InputException">The file cannot be used.</exception>
internal sealed class RatioGuard(string file)
{
    /// <summary>A ratio may fall by this share: machines differ, and are shared with other work.</summary>
    private const double Tolerance = 0.2;

    private readonly IReadOnlyDictionary<string, double> _ratios = BenchmarkJson.ReadRatios(file);

    /// <summary>One line for each ratio that fell by more than it may; what was not measured then is passed over.</summary>
    public IReadOnlyList<string> Complaints(IEnumerable<BenchmarkResult> results) =>
    [
        .. from result in results
           where _ratios.TryGetValue(result.Name, out var before) && result.Ratio < (1 - Tolerance) * before
           select FormattableString.Invariant($"{result.Name}: the ratio fell from {_ratios[result.Name]:0.00} in {file} to {result.Ratio:0.00}, by more than {Tolerance:P0}"),
    ];
}
