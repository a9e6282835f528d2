using CsCheck;
using SpikeTrail.Actors.Placement;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Snn.Execution;

namespace SpikeTrail.Actors.Tests.Placement;

public sealed class PlacementPlanTests
{
    [Fact]
    public void The_slowest_device_is_as_fast_as_any_placement_can_make_it()
    {
        var cases =
            from seconds in Gen.Int[1, 20].Array[1, 7]
            from speeds in Gen.Int[1, 3].Array[1, 3]
            from groups in Gen.Int[1, seconds.Length]
            select (Blocks: Blocks(seconds), Devices: Devices([.. speeds.Select(speed => ((double)speed, 1_000L))]), groups);
        cases.Sample(given =>
        {
            var plan = PlacementPlan.Choose(given.Blocks, given.groups, given.Devices);

            Assert.Equal(given.groups, plan.Devices.Count);
            Assert.Equal(given.groups - 1, plan.Cut.Count);
            Assert.Equal(plan.Cut.Order().Distinct(), plan.Cut);
            Assert.Equal(BestOfAll(given.Blocks, given.groups, [.. given.Devices.Take(given.groups)]), Slowest(given.Blocks, given.Devices, plan), 1e-9);
        });
    }

    [Fact]
    public void No_device_gets_more_than_it_has_memory_for()
    {
        // By time alone the first two layers would go together.
        BlockProfile[] blocks = [new("a", 1, 600), new("b", 1, 600), new("c", 2, 100)];

        var plan = PlacementPlan.Choose(blocks, groups: 2, Devices([(1, 1_000), (1, 1_000)]));

        Assert.Equal([1], plan.Cut);
        var refusal = Assert.Throws<InputException>(() => PlacementPlan.Choose(blocks, groups: 2, Devices([(1, 500), (1, 1_000)])));
        Assert.Contains("does not fit", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_twice_as_fast_gets_twice_the_work()
    {
        var plan = PlacementPlan.Choose(Blocks([1, 1, 1, 1, 1, 1]), groups: 2, Devices([(1, 1_000), (2, 1_000)]));

        Assert.Equal(2.0, Slowest(Blocks([1, 1, 1, 1, 1, 1]), Devices([(1, 1_000), (2, 1_000)]), plan));
    }

    [Fact]
    public void One_device_takes_all_layer_groups()
    {
        var plan = PlacementPlan.Choose(Blocks([4, 1, 1, 1, 1]), groups: 3, Devices([(1, 1_000)]));

        Assert.Equal([1, 3], plan.Cut);
        Assert.Single(plan.Devices.Distinct());
    }

    private static BlockProfile[] Blocks(int[] seconds) => [.. seconds.Select((time, index) => new BlockProfile($"layer{index}", time, 10))];

    private static DeviceOffer[] Devices((double Speed, long Memory)[] devices) =>
        [.. devices.Select((device, index) => new DeviceOffer(new DeviceId($"node{index}", "cpu"), device.Memory, 1, device.Speed))];

    private static double Slowest(BlockProfile[] blocks, DeviceOffer[] devices, PlacementPlan plan)
    {
        int[] bounds = [0, .. plan.Cut, blocks.Length];
        return plan.Devices
            .Select((device, group) => (device, Seconds: blocks[bounds[group]..bounds[group + 1]].Sum(block => block.Seconds)))
            .GroupBy(group => group.device)
            .Max(share => share.Sum(group => group.Seconds) / devices.Single(device => device.Device == share.Key).Speed);
    }

    /// <summary>Every way to give each device, in every order, a non-empty contiguous share.</summary>
    private static double BestOfAll(BlockProfile[] blocks, int groups, DeviceOffer[] devices)
    {
        if (devices.Length == 0)
        {
            return blocks.Length == 0 ? 0 : double.PositiveInfinity;
        }

        return (
            from device in devices
            from length in Enumerable.Range(1, blocks.Length)
            let rest = BestOfAll(blocks[length..], groups, [.. devices.Where(other => other != device)])
            select Math.Max(blocks[..length].Sum(block => block.Seconds) / device.Speed, rest)).DefaultIfEmpty(double.PositiveInfinity).Min();
    }
}
