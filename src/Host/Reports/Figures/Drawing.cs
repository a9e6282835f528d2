namespace SpikeTrail.Host.Reports.Figures;

/// <summary>What a figure shows. All of it is in <see cref="ToCsv"/>: nothing is drawn that cannot be read there.</summary>
internal abstract record Drawing
{
    /// <summary>Whether it shows pictures, whose colours stay what they are on a dark page.</summary>
    public virtual bool KeepsColours => false;

    /// <summary>Its data, numbers as they are.</summary>
    public abstract string ToCsv();

    /// <summary>It as SVG, a document of its own.</summary>
    public abstract string ToSvg();

    /// <summary>It as a PNG, twice as fine.</summary>
    public abstract byte[] ToPng();
}
