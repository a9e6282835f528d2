using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;
using static TorchSharp.torch;

namespace SpikeTrail.Actors.Tests.Placement;

public sealed class BlockProfileTests
{
    [Fact]
    public void Every_layer_of_a_network_is_measured()
    {
        var spec = new NetworkSpec { Name = "narrow", Depth = 10, Width = 0.125 };

        var blocks = BlockProfile.Measure(spec, [1, 16, 16], classes: 10, timeSteps: 3, batchSize: 2, new OptimizerSpec(), CPU, steps: 2);

        Assert.Equal(["stem", "layer1.0", "layer2.0", "layer3.0", "layer4.0", "head"], blocks.Select(block => block.Layer));
        Assert.All(blocks, block => Assert.InRange(block.Seconds, 1e-7, 60));

        // The last stage alone has half of all weights; Adam keeps two numbers for each beside it and its gradient.
        Assert.True(blocks[4].Bytes > blocks[1].Bytes);
    }
}
