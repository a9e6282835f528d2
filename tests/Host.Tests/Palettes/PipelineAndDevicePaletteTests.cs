using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Palettes;

public sealed class PipelineAndDevicePaletteTests : PaletteTest
{
    private static readonly DeviceId Cpu = new("127.0.0.1:4053", "cpu");

    private static readonly PipelineList Pipelines = new(
    [
        new("demo-1", new("demo"), new("net/data/1"), "epoch 3", new(5, 10, 2.25, 0.5, null),
        [
            new(0, "conv1, bn1, layer1.0", Cpu, 3 << 20, 1200, 41.26, 5 << 20, 2560, 0.75, null),
            new(1, "layer2.0, fc", new("127.0.0.1:4054", "cpu"), 1 << 10, 900, 0, 0, 0, null, null),
        ]),
        new("demo-2", new("demo"), new("net/data/2"), null, null, []),
    ]);

    [Fact]
    public async Task Pipelines_are_shown_layer_group_by_layer_group()
    {
        Give("pipeline show");
        await AskedAsync<ListPipelines>();
        Registry.Reply(Pipelines);

        Assert.Equal(
            """
            demo-1: net/data/1 of demo, epoch 3
            group  device               memory  frames  frames/s   sent/s  spike zeros %  gradient zeros %  layers
                0  127.0.0.1:4053/cpu  3.0 MiB   1,200      41.3  2.5 KiB          75.00                 –  conv1, bn1, layer1.0
                1  127.0.0.1:4054/cpu  1.0 KiB     900       0.0      0 B              –                 –  layer2.0, fc

            demo-2: net/data/2 of demo, waiting
            its layer groups have not told of themselves yet
            """.ReplaceLineEndings("\n"),
            (await AnswerAsync()).Text);
    }

    [Fact]
    public async Task One_pipeline_can_be_picked()
    {
        Give("pipeline show demo-2");
        await AskedAsync<ListPipelines>();
        Registry.Reply(Pipelines);

        Assert.StartsWith("demo-2: net/data/2 of demo, waiting", (await AnswerAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_that_is_not_there_is_refused()
    {
        Give("pipeline show dmeo-1");
        await AskedAsync<ListPipelines>();
        Registry.Reply(Pipelines);

        Assert.Equal(new PaletteResponse("dmeo-1: there is no such pipeline; did you mean demo-1?; `pipeline show` lists them", IsError: true), await AnswerAsync());
    }

    [Theory]
    [InlineData("pipeline move demo-1 -d 127.0.0.1:4054/cuda:0", null)]
    [InlineData("pipeline move demo-1 -g 2 -d 127.0.0.1:4054/cuda:0", 2)]
    public async Task A_pipeline_or_a_layer_group_is_moved(string line, int? group)
    {
        Give(line);

        Assert.Equal(new MovePipeline("demo-1", group, new("127.0.0.1:4054", "cuda:0")), await AskedAsync<MovePipeline>());
        Registry.Reply(new RequestDone("done"));
        Assert.Equal(new PaletteResponse("done"), await AnswerAsync());
    }

    [Theory]
    [InlineData("pipeline move demo-1 -d cpu", "pipeline move: -d DEVICE: expected a device as `device show` has it, such as 127.0.0.1:4053/cpu, got cpu")]
    [InlineData("pipeline move demo-1 -g one -d a:1/cpu", "pipeline move: -g GROUP: expected a whole number of at least 0, got one")]
    [InlineData("pipeline move demo-1 -g -1 -d a:1/cpu", "pipeline move: -g GROUP: expected a whole number of at least 0, got -1")]
    public async Task A_move_that_makes_no_sense_is_refused(string line, string refusal)
    {
        Give(line);

        Assert.Equal(new PaletteResponse(refusal, IsError: true, IsBadInput: true), await AnswerAsync());
    }

    [Fact]
    public async Task Devices_are_a_table()
    {
        Give("device show");
        await AskedAsync<ListDevices>();
        Registry.Reply(new DeviceList([new(Cpu, 8L << 30, 2, Leaving: false, ["demo-1"]), new(new("127.0.0.1:4054", "cuda:0"), 78L << 30, 1, Leaving: true, [])]));

        Assert.Equal(
            """
            device                   memory  pipelines  used by  note
            127.0.0.1:4053/cpu      8.0 GiB        1/2  demo-1
            127.0.0.1:4054/cuda:0  78.0 GiB        0/1           its node leaves
            """.ReplaceLineEndings("\n"),
            (await AnswerAsync()).Text);
    }

    [Fact]
    public async Task No_devices_are_explained()
    {
        Give("device show");
        await AskedAsync<ListDevices>();
        Registry.Reply(new DeviceList([]));

        Assert.StartsWith("no devices: ", (await AnswerAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_none_is_an_error()
    {
        Give("device show");
        await AskedAsync<ListDevices>();
        Registry.Reply(new CampaignList([]));

        Assert.True(await AnswerAsync() is { Final: true, IsError: true });
    }
}
