using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads one element of <c>campaign.data-sets</c>. Whether there is such a data set, the data catalogue knows.</summary>
internal static class DataSetReader
{
    public static DataSetSpec Read(HoconSection dataSet) => new()
    {
        Name = dataSet.Name("name"),
        TimeSteps = dataSet.Integer("time-steps", min: 1),
        Encoder = Encoder(dataSet.Section("encoder")),
        TrainingLimit = dataSet.IntegerOr("training-limit", "all", min: 1),
        TestLimit = dataSet.IntegerOr("test-limit", "all", min: 1),
    };

    private static EncoderSpec Encoder(HoconSection encoder) => new(
        encoder.Choice<EncoderKind>("kind"),
        encoder.Integer("phase-bits", min: 1, max: 8));
}
