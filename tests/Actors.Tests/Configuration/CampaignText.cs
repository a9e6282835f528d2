using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Tests.Configuration;

/// <summary>The shortest campaign there is, and ways to spoil it.</summary>
internal static class CampaignText
{
    public const string Shortest = """
        campaign {
          name = tiny
          networks = [{ name = a }]
          data-sets = [{ name = fashion-mnist-mini }]
        }
        """;

    public static CampaignSettings Parse(string text, params string[] overrides) =>
        CampaignFile.Parse(text, "tiny.conf", overrides);

    /// <summary>The shortest campaign with some lines after it, which win over its own.</summary>
    public static CampaignSettings With(string lines) => Parse(Shortest + "\n" + lines);

    /// <summary>The one line with which a text is refused.</summary>
    public static string RefusalOf(string text, params string[] overrides)
    {
        var message = Assert.Throws<InputException>(() => Parse(text, overrides)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    /// <summary>The line with which the shortest campaign is refused once some lines are added.</summary>
    public static string RefusalWith(string lines) => RefusalOf(Shortest + "\n" + lines);
}
