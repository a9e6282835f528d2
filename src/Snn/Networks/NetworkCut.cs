namespace SpikeTrail.Snn.Networks;

/// <summary>Where to cut a row of layers.</summary>
internal static class NetworkCut
{
    /// <summary>
    /// Cuts a row of costs into contiguous, non-empty ranges such that the most expensive one is as cheap as it can be.
    /// </summary>
    public static IReadOnlyList<Range> Evenly(IReadOnlyList<long> costs, int groups)
    {
        var prefix = new long[costs.Count + 1];
        for (var i = 0; i < costs.Count; i++)
        {
            prefix[i + 1] = prefix[i] + costs[i];
        }

        // worst[g, n]: the least possible maximum when the first n layers make g groups; from[g, n]: where the last begins.
        var worst = new long[groups + 1, costs.Count + 1];
        var from = new int[groups + 1, costs.Count + 1];
        for (var n = 1; n <= costs.Count; n++)
        {
            worst[1, n] = prefix[n];
            for (var g = 2; g <= Math.Min(groups, n); g++)
            {
                worst[g, n] = long.MaxValue;
                for (var start = g - 1; start < n; start++)
                {
                    var candidate = Math.Max(worst[g - 1, start], prefix[n] - prefix[start]);
                    if (candidate < worst[g, n])
                    {
                        (worst[g, n], from[g, n]) = (candidate, start);
                    }
                }
            }
        }

        var ranges = new Stack<Range>();
        var end = costs.Count;
        for (var g = groups; g >= 1; g--)
        {
            var start = g == 1 ? 0 : from[g, end];
            ranges.Push(start..end);
            end = start;
        }

        return [.. ranges];
    }
}
