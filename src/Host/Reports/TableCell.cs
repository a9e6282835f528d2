namespace SpikeTrail.Host.Reports;

/// <summary>A cell of a table: what is read, and the numbers behind it, which the table's CSV has with all their digits.</summary>
/// <param name="Text">What is read.</param>
/// <param name="Value">The number behind it, in the unit of the column.</param>
internal sealed record TableCell(string Text, double? Value = null)
{
    /// <summary>What stands in a marked cell.</summary>
    public const char Mark = '†';

    /// <summary>Whether it is the best of those it is compared with, and so in bold.</summary>
    public bool Best { get; init; }

    /// <summary>Whether it has a <see cref="Mark"/>; the text above the table says what that means.</summary>
    public bool Marked { get; init; }

    /// <summary>What is said of it in small print, such as an interval.</summary>
    public string Note { get; init; } = "";

    /// <summary>Further numbers, each a column of the CSV.</summary>
    public IReadOnlyList<(string Name, double? Value)> Details { get; init; } = [];

    public static TableCell None { get; } = new(Numbers.None);

    /// <summary>A share in [0, 1], in per cent.</summary>
    public static TableCell Percent(double? share) => new(Numbers.Percent(share), share * 100);

    /// <summary>A difference in percentage points.</summary>
    public static TableCell Points(double? points) => new(Numbers.Points(points), points);

    /// <summary>A norm, which may be tiny.</summary>
    public static TableCell Norm(double? norm) => new(Numbers.Norm(norm), norm);

    /// <summary>A loss.</summary>
    public static TableCell Loss(double? loss) => new(Numbers.Loss(loss), loss);

    /// <summary>A count.</summary>
    public static TableCell Count(long count) => new(Numbers.Count(count), count);

    public static implicit operator TableCell(string text) => new(text);
}
