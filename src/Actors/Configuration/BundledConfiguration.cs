namespace SpikeTrail.Actors.Configuration;

/// <summary>The files of the folder hocon, which are embedded under their path in the repository.</summary>
internal static class BundledConfiguration
{
    private const string CampaignFolder = "hocon/campaigns/";
    private const string Extension = ".conf";

    /// <summary>The names of the campaigns that come with SpikeTrail.</summary>
    public static IReadOnlyList<string> Campaigns { get; } =
    [
        .. typeof(BundledConfiguration).Assembly.GetManifestResourceNames()
            .Where(path => path.StartsWith(CampaignFolder, StringComparison.Ordinal) && path.EndsWith(Extension, StringComparison.Ordinal))
            .Select(path => path[CampaignFolder.Length..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Where a campaign that comes with SpikeTrail is.</summary>
    public static string PathOf(string campaign) => $"{CampaignFolder}{campaign}{Extension}";

    /// <summary>Every key of a campaign file, with its default where it has one.</summary>
    public static HoconDocument CampaignReference { get; } =
        HoconDocument.Parse(Read("hocon/campaign.conf") + "\n" + Read("hocon/pipeline.conf"), "hocon/campaign.conf and hocon/pipeline.conf");

    /// <summary>Every key of a node's file, with its default where it has one.</summary>
    public static HoconDocument NodeReference { get; } = HoconDocument.Parse(Read("hocon/node.conf"), "hocon/node.conf");

    /// <summary>The text of an embedded file.</summary>
    public static string Read(string path)
    {
        using var stream = typeof(BundledConfiguration).Assembly.GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"{path} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
