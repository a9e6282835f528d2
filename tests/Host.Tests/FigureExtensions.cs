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

        /// <summary>The figure's data: cells of rows, none of which is quoted.</summary>
        public IReadOnlyList<string[]> Rows => [.. figure.Drawing.ToCsv().TrimEnd('\n').Split('\n').Select(row => row.Split(','))];
    }
}
