namespace SpikeTrail.Host.Reports.Figures;

/// <summary>A drawing with what must be said under it.</summary>
/// <param name="Name">Its files' name, without the extension.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Caption">What was measured, on how many images, and what bars mean.</param>
/// <param name="Drawing">The data, and how they look.</param>
internal sealed record Figure(string Name, string Title, string Caption, Drawing Drawing)
{
    private readonly Lazy<string> _svg = new(Drawing.ToSvg);

    /// <summary>The folder of all figures, beside the report.</summary>
    public const string Folder = "figures";

    /// <summary>It drawn as SVG, a document of its own.</summary>
    public string Svg => _svg.Value;

    /// <summary>Where one of its files lies, from the report: with the extension svg, png or csv.</summary>
    public string File(string extension) => $"{Folder}/{Name}.{extension}";
}
