namespace SpikeTrail.Snn.Verification;

/// <summary>One figure of a case and what was computed in its place.</summary>
/// <param name="Entry">Where it stands in the case.</param>
/// <param name="Expected">The case's.</param>
/// <param name="Actual">What was computed.</param>
/// <param name="Relative">Their difference, relative to what <see cref="Comparison"/> holds it against.</param>
public sealed record Difference(string Entry, double Expected, double Actual, double Relative);

/// <summary>How a section came out.</summary>
/// <param name="Section">Its name.</param>
/// <param name="Figures">How many figures were compared.</param>
/// <param name="Largest">The largest difference; null where nothing differs at all.</param>
/// <param name="First">The first difference over the tolerance; null where the section agrees.</param>
public sealed record SectionResult(string Section, int Figures, Difference? Largest, Difference? First)
{
    /// <summary>Whether the section agrees.</summary>
    public bool Agrees => First is null;
}

/// <summary>
/// Compares one section's figures. A figure's difference is relative to the figure itself or, where it is smaller than its
/// kind, to that: elements of a tensor to their root mean square, its sum to its L2 norm, counts to the number of elements.
/// What rounds to nearly nothing may therefore do so either way, and a count may not be out by one.
/// </summary>
/// <param name="section">The section.</param>
/// <param name="tolerance">The largest relative difference that counts as agreement.</param>
/// <param name="normsOnly">Whether to compare the norms of whole tensors and nothing else.</param>
internal sealed class Comparison(string section, double tolerance, bool normsOnly = false)
{
    private int _figures;
    private Difference? _largest;
    private Difference? _first;

    public SectionResult Result => new(section, _figures, _largest, _first);

    public void Number(string entry, double expected, double actual, double scale = 0)
    {
        var difference = Math.Abs(expected - actual);
        // Not a number is as different as can be.
        var relative = difference == 0 ? 0
            : double.IsNaN(difference) ? double.PositiveInfinity
            : difference / Math.Max(Math.Abs(expected), scale);
        _figures++;
        if (relative > (_largest?.Relative ?? 0))
        {
            _largest = new Difference(entry, expected, actual, relative);
        }

        if (relative > tolerance)
        {
            _first ??= new Difference(entry, expected, actual, relative);
        }
    }

    public void Count(string entry, long expected, long actual, long of) => Number(entry, expected, actual, of);

    public void Numbers(string entries, IReadOnlyList<double> expected, IReadOnlyList<double> actual, Func<int, string>? index = null)
    {
        if (normsOnly)
        {
            return;
        }

        var rms = Math.Sqrt(expected.Sum(value => value * value) / Math.Max(1, expected.Count));
        for (var i = 0; i < expected.Count; i++)
        {
            Number($"{entries}{index?.Invoke(i) ?? $"[{i}]"}", expected[i], actual[i], rms);
        }
    }

    public void Matrix(string entries, IReadOnlyList<double> expected, IReadOnlyList<double> actual, int columns) =>
        Numbers(entries, expected, actual, i => $"[{i / columns}][{i % columns}]");

    public void Sampled(string entry, SampledTensor expected, SampledTensor actual)
    {
        Number($"{entry}.l1", expected.L1, actual.L1);
        Number($"{entry}.l2", expected.L2, actual.L2);
        if (normsOnly)
        {
            return;
        }

        Number($"{entry}.sum", expected.Sum, actual.Sum, expected.L2);
        // Rounding decides which of the sums that cancel are exactly 0, and it may decide otherwise elsewhere.
        var decided = Math.Abs(expected.Zeros - actual.Zeros) <= actual.Cancelled;
        Count($"{entry}.zeros", expected.Zeros, decided ? expected.Zeros : actual.Zeros, expected.Count);
        for (var i = 0; i < expected.At.Count; i++)
        {
            Number($"{entry}.values[{i}]", expected.Values[i], actual.Values[i], expected.Rms);
        }
    }
}
