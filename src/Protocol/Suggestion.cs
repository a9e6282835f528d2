namespace SpikeTrail.Protocol;

/// <summary>What somebody who mistyped a name probably meant.</summary>
public static class Suggestion
{
    /// <summary>The known name nearest to the typed one, or <see langword="null"/> when none is near.</summary>
    public static string? For(string typed, IEnumerable<string> known)
    {
        // A third of the letters wrong is still a slip; more is another word.
        var tolerance = Math.Max(1, typed.Length / 3);
        return known
            .Select(name => (Name: name, Distance: Distance(typed, name)))
            .Where(candidate => candidate.Distance <= tolerance)
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    /// <summary>The end of an error message: <c>; did you mean depth?</c>, or nothing.</summary>
    public static string Ask(string typed, IEnumerable<string> known) =>
        For(typed, known) is { } name ? $"; did you mean {name}?" : "";

    /// <summary>Levenshtein's distance, with swapped neighbours as one slip: the fewest letters to insert, delete, replace or swap.</summary>
    public static int Distance(string from, string to)
    {
        // distances[i, j]: from the first i letters of the one to the first j of the other.
        var distances = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                distances[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    distances[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1),
                    Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
                }
            }
        }

        return distances[from.Length, to.Length];
    }
}
