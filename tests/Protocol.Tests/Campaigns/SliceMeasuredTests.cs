using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Tests.Campaigns;

public sealed class SliceMeasuredTests
{
    private static readonly SliceId Slice = new(new RunId("sew-resnet152/cifar-10/3407"), "strict", 17);

    [Fact]
    public void However_many_cells_a_slice_is_wanted_in_no_part_of_it_is_long()
    {
        var measured = new SliceMeasured(Slice, [.. Enumerable.Range(0, 50).Select(budget => Shard(budget, layers: 470))]);
        var parts = measured.Parts();

        Assert.InRange(MessageCodec.Encode(measured).Length, 5 << 20, int.MaxValue);
        Assert.All(parts, part => Assert.InRange(MessageCodec.Encode(part).Length, 1, SliceMeasured.LongestPart + 1024));
        Assert.All(parts, part => Assert.Equal(Slice, part.Slice));
        Assert.Equal(measured.Shards, parts.SelectMany(part => part.Shards));
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(20, 1, 1)]
    [InlineData(2, 3000, 2)]
    public void What_fits_stays_together_and_a_cell_is_never_divided(int cells, int layers, int parts) =>
        Assert.Equal(parts, new SliceMeasured(Slice, [.. Enumerable.Range(0, cells).Select(budget => Shard(budget, layers))]).Parts().Count);

    private static ShardMeasured Shard(int budget, int layers)
    {
        var (zeros, norm) = (123_456_789_012, 0.12345678901234567);
        return new ShardMeasured(new ShardId(new CellId($"sew-resnet152/cifar-10/3407/strict/pgd/{budget}"), 17), Measurement.Empty with
        {
            Operations = [.. Enumerable.Range(0, layers).Select(layer => new OperationGradient($"layer3.{layer}.conv2", "Conv2d", zeros, zeros, zeros, zeros, norm, norm, 5))],
        });
    }
}
