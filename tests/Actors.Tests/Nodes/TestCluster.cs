using Akka.Actor;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Actors.Tests.Campaigns;
using SpikeTrail.Actors.Tests.Hosting;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Tests.Nodes;

/// <summary>A cluster whose nodes are actor systems of this process, joined through loopback, with campaigns in a folder of its own.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();
    private readonly List<NodeSystem> _nodes = [];

    public IReadOnlyList<NodeSystem> Nodes => _nodes;

    public NodeSystem Start(params string[] roles)
    {
        var node = NodeSystem.Start(new NodeSettings
        {
            Port = 0,
            SeedNodes = [.. _nodes.Take(1).Select(first => first.Address)],
            Roles = roles,
            Campaigns = _folder.Path,
            DrainTimeout = TimeSpan.FromSeconds(20),
            Silence = TimeSpan.FromSeconds(15),
        });
        _nodes.Add(node);
        return node;
    }

    public Task<object> AskAsync(ICampaignRequest request) => _nodes[0].Campaigns.Ask<object>(request, Patience);

    public async Task<T> AskAsync<T>(ICampaignRequest request)
        where T : class
    {
        var answer = await AskAsync(request);
        return Assert.IsType<T>(answer);
    }

    /// <summary>Hands a campaign in.</summary>
    public Task<RequestDone> SubmitAsync(string name, CampaignSpec? spec = null, PipelineSpec? layout = null) =>
        AskAsync<RequestDone>(new SubmitCampaign(new CampaignId(name), spec ?? TinyCampaign.Spec, layout ?? TinyCampaign.Layout));

    /// <summary>Waits until a campaign is as the test wants it.</summary>
    public Task<CampaignDetails> UntilAsync(string name, Func<CampaignDetails, bool> holds) =>
        UntilAsync(() => AskAsync<CampaignDetails>(new ShowCampaign(new CampaignId(name))), holds);

    /// <summary>Asks until the answer is as the test wants it.</summary>
    public async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await ask();
            if (holds(answer))
            {
                return answer;
            }

            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException(System.Text.Json.JsonSerializer.Serialize(answer));
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }

    public Task<CampaignDetails> UntilAsync(string name, CampaignStanding standing) => UntilAsync(name, details => details.Summary.Standing == standing);

    public byte[] Results(string name) => File.ReadAllBytes(Path.Combine(_folder.Path, name, "results.json"));

    public string FolderOf(string name) => Path.Combine(_folder.Path, name);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.System.Terminate()));
        _folder.Dispose();
    }
}
