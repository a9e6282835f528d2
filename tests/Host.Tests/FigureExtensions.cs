using SpikeTrail.Host.Reports.Figures;

namespace SpikeTrail.Host.Tests;

/// <summary>Figures as tests look at them.</summary>
internal static class FigureExtensions
{
    extension(Figure figure)
    {
        /// <summary>The chart of a figure that has one.</summary>
        public Chart Chart => (Chart)figure.Drawing;

        /// <summary>The sheet of a figure that has one.</summary>
        public Sheet Sheet => (Sheet)figure.Drawing;

        /// <summary>The figure's data: cells of rows, none of which has a line break.</summary>
        public IReadOnlyList<string[]> Rows => [.. figure.Drawing.ToCsv().TrimEnd('\n').Split('\n').Select(Cells)];
    }

    /// <summary>A cell with a comma or a quote in it is quoted, and its quotes are doubled.</summary>
    private static string[] Cells(string row)
    {
        var (cells, isQuoted) = (new List<string> { "" }, false);
        foreach (var (place, letter) in row.Index())
        {
            if (letter == '"')
            {
                isQuoted = !isQuoted;
                cells[^1] += isQuoted && place > 0 && row[place - 1] == '"' ? "\"" : "";
            }
            else if (letter == ',' && !isQuoted)
            {
                cells.Add("");
            }
            else
            {
                cells[^1] += letter;
            }
        }

        return [.. cells];
    }
}
