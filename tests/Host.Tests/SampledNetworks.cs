using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Tests;

/// <summary>Samples of the networks of <see cref="SampleResults"/>, which never ran: images of 2×3 dots, three layers, two time steps.</summary>
internal static class SampledNetworks
{
    public static CampaignSamples Campaign { get; } = new(
        CampaignSamples.CurrentSchema,
        SampleResults.Campaign.Campaign.ConfigurationHash,
        [Run("sew-resnet18-max", images: 8), Run("sew-resnet18-avg", images: 8)]);

    /// <summary>One run without an attack, in colour.</summary>
    public static CampaignSamples Clean { get; } = Campaign with
    {
        Runs =
        [
            Campaign.Runs[0] with
            {
                Samples = Campaign.Runs[0].Samples with
                {
                    Channels = 3,
                    Attack = null,
                    Attacked = [],
                    Images = [new SampledImage(0, 1, Shown([1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26], 1, double.NaN), null)],
                },
            },
        ],
    };

    public static byte[] Bytes(ShownImage shown) => Convert.FromBase64String(shown.Pixels);

    private static SampledRun Run(string network, int images) => new(
        network,
        "fashion-mnist",
        3407,
        ["top", "trouser", "dress"],
        new RunSamples(
            1,
            2,
            3,
            new SampledAttack("strict", "pgd", 8),
            [.. Enumerable.Range(0, images).Select(image => new SampledImage(image, image % 3, Shown([0, 10, 20, 30, 40, (byte)image], image % 3, 0.75), Shown([8, 2, 20, 31, 40, 0], 0, 0.5)))],
            [new("sn1", 6, [24, 0], ["a4", "00"]), new("layer1.0.sn1", 2, [16, 8], ["c", "4"]), new("layer1.0.sn2", 128, [0, 1], ["8000000000000001", "0000000000000000"])],
            [new("sn1", 6, [12, 6], ["84", "04"]), new("layer1.0.sn1", 2, [16, 0], ["c", "0"]), new("layer1.0.sn2", 128, [2, 3], ["0000000000000001", "0000000000000000"])]));

    private static ShownImage Shown(byte[] pixels, int taken, double probability) => new(Convert.ToBase64String(pixels), taken, probability);
}
