using Akka.Cluster;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Tests.Palettes;

/// <summary>A cluster of one member, on loopback.</summary>
public sealed class ClusterPaletteTests() : PaletteTest("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    akka.cluster { roles = [worker, seed], app-version = "1.2.3", run-coordinated-shutdown-when-down = off }
    """)
{
    private string Self => Cluster.Get(Sys).SelfAddress.ToString();

    [Fact]
    public async Task Members_are_a_row_each()
    {
        await JoinAsync();

        Give("cluster show");

        Assert.Equal(new PaletteResponse($"{Self} | [seed, worker] | up |  | 1.2.3\nCount: 1 node"), await AnswerAsync());
    }

    [Fact]
    public async Task The_status_is_this_nodes()
    {
        await JoinAsync();

        Give("cluster status");

        Assert.Equal($"node: {Self}\nroles: [seed, worker]\nstatus: up\nversion: 1.2.3\nleader: {Self}\nmembers: 1 up\nunreachable: none", (await AnswerAsync()).Text);
    }

    [Fact]
    public async Task The_leader_is_its_address()
    {
        await JoinAsync();

        Give("cluster leader");

        Assert.Equal(new PaletteResponse(Self), await AnswerAsync());
    }

    [Fact]
    public async Task Before_it_joins_there_is_no_leader()
    {
        Give("cluster leader");

        Assert.True((await AnswerAsync()).IsError);
    }

    [Fact]
    public async Task A_member_that_leaves_is_seen_leaving()
    {
        await JoinAsync();
        Give("cluster tail");
        Assert.EndsWith("Z 1 member now", (await AnswerAsync()).Text, StringComparison.Ordinal);

        Give($"cluster leave -a {Self.Split('@')[1]}");

        var answers = new List<PaletteResponse>();
        while (!answers.Exists(answer => answer.Text.EndsWith($"Z {Self} [seed, worker] is leaving", StringComparison.Ordinal)))
        {
            answers.Add(await AnswerAsync());
        }

        Assert.Contains(new PaletteResponse($"{Self} is asked to leave; `cluster show` says when it is gone"), answers);
    }

    [Fact]
    public async Task A_member_is_marked_as_down()
    {
        await JoinAsync();

        Give($"cluster down -a {Self}");

        Assert.Equal(new PaletteResponse($"{Self} is marked as down; `cluster show` says when it is gone"), await AnswerAsync());
    }

    [Theory]
    [InlineData("leave")]
    [InlineData("down")]
    public async Task Who_is_no_member_is_refused(string command)
    {
        await JoinAsync();

        Give($"cluster {command} -a 127.0.0.1:1");

        var answer = await AnswerAsync();
        Assert.Equal($"cluster {command}: 127.0.0.1:1 is no member (members are {Self.Split('@')[1]})", answer.Text);
        Assert.True(answer.IsError);
    }

    private async Task JoinAsync()
    {
        var cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress);
        await AwaitConditionAsync(() => Task.FromResult(cluster.State.Leader is not null && cluster.SelfMember.Status == MemberStatus.Up));
    }
}

public sealed class ClusterPaletteWithoutClusterTests : PaletteTest
{
    [Theory]
    [InlineData("show")]
    [InlineData("status")]
    [InlineData("leader")]
    [InlineData("tail")]
    [InlineData("leave")]
    [InlineData("down -a x:1")]
    public async Task Where_there_is_no_cluster_every_command_says_so(string command)
    {
        Give($"cluster {command}");

        Assert.Equal(new PaletteResponse("this node runs without a cluster", IsError: true), await AnswerAsync());
    }
}
