using SpikeTrail.Host.Reports.Statistics;

namespace SpikeTrail.Host.Reports.Comparison;

/// <summary>How far a campaign is from the base in one cell.</summary>
/// <param name="Cell">Which cell.</param>
/// <param name="Base">What the base measured.</param>
/// <param name="Other">What the campaign measured.</param>
/// <param name="Test">The other's share less the base's, and what chance has to do with it.</param>
/// <param name="CorrectedPValue">The test's p-value after Holm's correction over all differences of the comparison.</param>
internal sealed record CellDifference(CellName Cell, PooledShare Base, PooledShare Other, ProportionTest Test, double CorrectedPValue)
{
    public bool LargerThanChance => CorrectedPValue < Significance.Level;
}
