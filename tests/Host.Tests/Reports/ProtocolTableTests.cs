using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Results;

namespace SpikeTrail.Host.Tests.Reports;

public sealed class ProtocolTableTests
{
    private static readonly ProtocolSection Published =
        new("as-published", "encoded-train", "batch", Contaminate: true, "shuffled", "running", PhaseWeights: false);

    [Fact]
    public void Protocols_stand_side_by_side_with_their_difference_to_strict()
    {
        var table = ProtocolTable.Of(With(
            SampleResults.Clean(0.8) with { Protocol = "as-published" },
            SampleResults.Attacked("pgd", 8, 0.5) with { Protocol = "as-published" },
            SampleResults.Clean(0.81),
            SampleResults.Attacked("pgd", 8, 0.4125)));

        Assert.Equal(
            """
            network           pool  data set       protocol               seed  clean  pgd 8   input zeros
            sew-resnet18-max  max   fashion-mnist  as-published           3407  80.00  50.00         31.25
            sew-resnet18-max  max   fashion-mnist  strict                 3407  81.00  41.25         31.25
            difference        max   fashion-mnist  as-published − strict        -1.00  +8.75†

            """,
            table.ToPlain());
    }

    [Fact]
    public void One_protocol_has_nothing_to_stand_beside() => Assert.Equal(0, ProtocolTable.Of(SampleResults.Campaign).Rows);

    private static CampaignResults With(params IReadOnlyList<CellResult> cells)
    {
        var results = SampleResults.With(cells);
        return results with { Campaign = results.Campaign with { Protocols = [.. results.Campaign.Protocols, Published] } };
    }
}
