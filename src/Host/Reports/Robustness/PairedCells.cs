using SpikeTrail.Host.Reports.Statistics;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Reports.Robustness;

/// <summary>
/// Two cells of one network under one protocol. Where it was kept which images withstood what, the same images are compared, those
/// that both have; else the shares, as if the images were others.
/// </summary>
/// <param name="Accuracy">The first cell's accuracy on what is compared.</param>
/// <param name="OtherAccuracy">The second cell's.</param>
/// <param name="Images">How many images are compared.</param>
/// <param name="PValue">How often chance alone makes a difference at least so large; two-sided.</param>
internal sealed record PairedCells(double Accuracy, double OtherAccuracy, int Images, double PValue)
{
    /// <summary>How much lower the first cell's accuracy is.</summary>
    public double Lower => OtherAccuracy - Accuracy;

    public static PairedCells Of(CellResult cell, CellResult other)
    {
        if (Withstood(cell) is not { } one || Withstood(other) is not { } two)
        {
            return new(ProtocolCells.AccuracyOf(cell), ProtocolCells.AccuracyOf(other), Math.Min(cell.Total, other.Total), ProportionTest.Of(cell.Correct, cell.Total, other.Correct, other.Total).PValue);
        }

        var pairs = one.Zip(two, (first, second) => (First: first, Second: second)).ToList();
        return new(
            pairs.Average(pair => pair.First ? 1.0 : 0),
            pairs.Average(pair => pair.Second ? 1.0 : 0),
            pairs.Count,
            McNemarTest.PValue(pairs.Count(pair => pair is (true, false)), pairs.Count(pair => pair is (false, true))));
    }

    /// <summary>Which of its images withstood a cell's attack, or null where that was not kept.</summary>
    public static IReadOnlyList<bool>? Withstood(CellResult cell) => cell.Course is { } course ? ImageBits.Unpack(course.Withstood, cell.Total) : null;
}
