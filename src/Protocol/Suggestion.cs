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

    /// <summary>Levenshtein's distance: the fewest letters to insert, delete or replace that make one text the other.</summary>
    public static int Distance(string from, string to)
    {
        var above = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var row = new int[to.Length + 1];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, 1 + Math.Min(above[j], row[j - 1]));
            }

            above = row;
        }

        return above[^1];
    }
}
