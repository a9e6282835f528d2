namespace SpikeTrail.Host.Reports.Statistics;

/// <summary>
/// Of twenty differences that are nothing but chance, one has p &lt; 0.05. Holm's correction keeps the chance of even one such mistake
/// among all of them at that (S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6, 1979).
/// </summary>
internal static class HolmCorrection
{
    /// <summary>The corrected p-values, in the order given.</summary>
    public static IReadOnlyList<double> Of(IReadOnlyList<double> pValues)
    {
        var corrected = new double[pValues.Count];
        var least = 0.0;
        foreach (var (rank, index) in Enumerable.Range(0, pValues.Count).OrderBy(index => pValues[index]).Index())
        {
            // None may come out below one that was smaller before.
            least = Math.Max(least, Math.Min(1, (pValues.Count - rank) * pValues[index]));
            corrected[index] = least;
        }

        return corrected;
    }
}
