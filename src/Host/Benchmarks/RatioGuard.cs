using SpikeTrail.Protocol;

namespace SpikeTrail.Host.Benchmarks;

/// <summary>Holds ratios against those of an earlier run: nothing gets slower unnoticed.</summary>
internal sealed class RatioGuard
{
    /// <summary>A ratio may fall by this share: machines differ, and are shared with other work.</summary>
    private const double Tolerance = 0.2;

    private readonly string _file;
    private readonly IReadOnlyDictionary<string, double> _ratios;

    /// <param name="file">What <c>spiketrail bench --json</c> wrote then.</param>
    /// <param name="measured">The names of what is going to be measured.</param>
    /// <exception cref="InputException">The file cannot be used, or has a ratio of nothing that is measured.</exception>
    public RatioGuard(string file, IReadOnlyList<string> measured)
    {
        (_file, _ratios) = (file, BenchmarkJson.ReadRatios(file));
        if (!measured.Any(_ratios.ContainsKey))
        {
            throw new InputException($"{file}: expected a ratio of {string.Join(", ", measured)}, got {(_ratios.Count == 0 ? "none" : string.Join(", ", _ratios.Keys))}");
        }
    }

    /// <summary>One line for each ratio that fell by more than it may; what was not measured then is passed over.</summary>
    public IReadOnlyList<string> Complaints(IEnumerable<BenchmarkResult> results) =>
    [
        .. from result in results
           where _ratios.TryGetValue(result.Name, out var before) && result.Ratio < (1 - Tolerance) * before
           select FormattableString.Invariant($"{result.Name}: the ratio fell from {_ratios[result.Name]:0.00} in {_file} to {result.Ratio:0.00}, by more than {Tolerance:P0}"),
    ];
}
