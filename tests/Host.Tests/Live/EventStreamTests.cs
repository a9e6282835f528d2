using System.Text;
using SpikeTrail.Host.Live;

namespace SpikeTrail.Host.Tests.Live;

public sealed class EventStreamTests
{
    private static readonly LiveSnapshot Nothing = new("here", null, [], null);

    private readonly MemoryStream _output = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Written => Encoding.UTF8.GetString(_output.ToArray());

    [Fact]
    public async Task A_snapshot_is_one_event_of_one_line()
    {
        await new EventStream(_output, lastId: null).ShowAsync(Nothing with { Trouble = "one\ntwo" }, Cancel);

        var lines = Written.Split('\n');
        Assert.Matches("^id: [0-9a-f]{16}$", lines[0]);
        Assert.Equal(["event: snapshot", """data: {"title":"here","trouble":"one\ntwo","campaigns":[],"chosen":null}""", "", ""], lines[1..]);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        var events = new EventStream(_output, lastId: null);

        Assert.True(await events.ShowAsync(Nothing, Cancel));
        Assert.False(await events.ShowAsync(Nothing, Cancel));
        Assert.True(await events.ShowAsync(Nothing with { Trouble = "some" }, Cancel));
    }

    [Fact]
    public async Task A_viewer_that_comes_back_is_not_sent_what_it_has()
    {
        await new EventStream(_output, lastId: null).ShowAsync(Nothing, Cancel);
        var id = Written.Split('\n')[0]["id: ".Length..];

        Assert.False(await new EventStream(_output, id).ShowAsync(Nothing, Cancel));
        Assert.True(await new EventStream(_output, "another").ShowAsync(Nothing, Cancel));
    }

    [Fact]
    public async Task A_loss_that_is_no_number_can_be_shown()
    {
        var pipeline = new LivePipeline("demo-1", "run", "epoch 1", 1, 2, double.NaN, null, null, []);

        await new EventStream(_output, lastId: null).ShowAsync(Nothing with { Chosen = new("demo", [], [], [pipeline], [], null) }, Cancel);

        Assert.Contains("\"loss\":\"NaN\"", Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_is_told_when_to_come_back_and_that_the_node_lives()
    {
        var events = new EventStream(_output, lastId: null);
        await events.BeginAsync(Cancel);
        await events.BeatAsync(Cancel);

        Assert.Equal("retry: 1000\n\nevent: beat\ndata:\n\n", Written);
    }
}
