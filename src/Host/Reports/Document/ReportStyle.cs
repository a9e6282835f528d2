namespace SpikeTrail.Host.Reports.Document;

/// <summary>The page's style: light and dark, on a screen and in print, wide and narrow.</summary>
internal static class ReportStyle
{
    public static string Css { get; } = Read();

    private static string Read()
    {
        using var css = typeof(ReportStyle).Assembly.GetManifestResourceStream(typeof(ReportStyle), "report.css")!;
        using var reader = new StreamReader(css);
        return reader.ReadToEnd();
    }
}
