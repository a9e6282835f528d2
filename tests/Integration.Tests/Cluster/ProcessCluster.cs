using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>
/// A cluster of real processes with campaigns in a folder of its own. Every node knows all of them, so that any one can be
/// started again while another is away.
/// </summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    /// <summary>The first node holds the campaigns; the two others work, and can take the campaigns over.</summary>
    public static readonly string[] SupervisorAndTwoWorkers = ["supervisor", "supervisor,worker", "supervisor,worker"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("spiketrail-cluster-").FullName;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Trial _trial;
    private readonly StringBuilder _story = new();

    /// <summary>A cluster whose nodes are not started yet.</summary>
    /// <param name="trial">What it is to work on.</param>
    /// <param name="roles">The roles of each node; <see cref="SupervisorAndTwoWorkers"/> unless given.</param>
    /// <param name="places">Where the nodes are; on loopback unless given.</param>
    /// <param name="journal">Where facts are journalled; in SQLite unless given.</param>
    /// <param name="settings">Settings of all nodes, such as <c>spiketrail.node.silence-seconds=10</c>.</param>
    public ProcessCluster(Trial trial, string[]? roles = null, NodePlace[]? places = null, TrialJournal? journal = null, params string[] settings)
    {
        _trial = trial;
        roles ??= SupervisorAndTwoWorkers;
        places ??= [.. roles.Select(_ => NodePlace.OnLoopback())];
        var seeds = string.Join(',', places.Select(place => place.Address));
        Journal = journal ?? new TrialJournal(() => new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(Campaigns, ".nodes", "journal.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()));
        Nodes =
        [
            .. roles.Zip(places, (role, place) => new NodeProcess(place, _folder,
            [
                "--roles", role, "--port", $"{place.Port}", "--join", seeds, "--commands", $"{place.Commands}", "--campaigns", Campaigns,
                "--set", $"spiketrail.node.host=\"{place.Host}\"",
                .. settings.SelectMany(setting => new[] { "--set", setting }),
            ])),
        ];
    }

    public IReadOnlyList<NodeProcess> Nodes { get; }

    public TrialJournal Journal { get; }

    /// <summary>The folder of all campaigns.</summary>
    public string Campaigns => Path.Combine(_folder, "campaigns");

    /// <summary>Starts nodes, all unless some are given, and waits until they see each other.</summary>
    public async Task StartAsync(params NodeProcess[] nodes)
    {
        foreach (var node in nodes is [] ? Nodes : nodes)
        {
            node.Start();
        }

        foreach (var node in nodes is [] ? Nodes : nodes)
        {
            await node.UpAsync();
        }

        if (nodes is [])
        {
            await UntilMembersAsync(Nodes[0], Nodes.Count);
        }
    }

    /// <summary>Waits until a node sees so many members up, and none unreachable.</summary>
    public async Task UntilMembersAsync(NodeProcess seenFrom, int count)
    {
        var members = "";
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Patience; await Task.Delay(1000))
        {
            members = (await seenFrom.CommandAsync("cluster", "status")).Output;
            if (members.Contains($"members: {count} up\n", StringComparison.Ordinal) && members.Contains("unreachable: none", StringComparison.Ordinal))
            {
                Tell($"{count} nodes see each other");
                return;
            }
        }

        throw new TimeoutException($"not {count} members:\n{members}\n{Story()}");
    }

    /// <summary>Hands the trial's campaign in, at the first node unless another is given.</summary>
    public async Task SubmitAsync(NodeProcess? at = null, string name = TrialCampaign.Name)
    {
        Tell((await (at ?? Nodes[0]).AskAsync("campaign", "start", _trial.Write(_folder), "-n", name)).TrimEnd());
    }

    /// <summary>Waits until the journal is as the trial wants it.</summary>
    public async Task<IReadOnlyList<ICampaignFact>> UntilAsync(string what, Func<IReadOnlyList<ICampaignFact>, bool> holds, string name = TrialCampaign.Name)
    {
        IReadOnlyList<ICampaignFact> facts = [];
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Patience; await Task.Delay(100))
        {
            facts = await Journal.FactsAsync(name);
            if (holds(facts))
            {
                Tell($"{what} ({facts.Count} facts)");
                return facts;
            }
        }

        throw new TimeoutException($"{what}: not within {Patience}; {facts.Count} facts, the last {(facts is [] ? null : facts[^1])}\n{Story()}");
    }

    /// <summary>Waits until some training is under way between two checkpoints.</summary>
    public Task UntilMidEpochAsync(int epoch) =>
        UntilAsync($"in epoch {epoch}", facts => facts.OfType<EpochCheckpointed>().Any(step => step.Epoch >= epoch) || facts.OfType<ShardMeasured>().Any());

    /// <summary>Waits until so many more facts are journalled than now.</summary>
    public async Task UntilMoreAsync(int facts)
    {
        var now = (await Journal.FactsAsync(TrialCampaign.Name)).Count;
        await UntilAsync($"{facts} facts more", known => known.Count >= now + facts || known.OfType<CampaignCompleted>().Any());
    }

    /// <summary>
    /// Waits for the campaign to end by itself, and checks what must hold however it got there: the bytes of one machine,
    /// nothing journalled twice, every device free, and nothing half written left.
    /// </summary>
    public async Task EndAsync(NodeProcess? seenFrom = null)
    {
        var facts = await UntilAsync("the campaign is complete", known => known.OfType<CampaignCompleted>().Any());
        var node = seenFrom ?? Nodes[0];
        for (var left = 60; left > 0 && !(await node.CommandAsync("campaign", "list")).Output.Contains("complete", StringComparison.Ordinal); left--)
        {
            await Task.Delay(500);
        }

        Assert.Contains("complete", await node.AskAsync("campaign", "list"), StringComparison.Ordinal);
        Assert.Equal(await _trial.ExpectedResultsAsync(), await File.ReadAllBytesAsync(Path.Combine(Campaigns, TrialCampaign.Name, "results.json")));
        TrialJournal.AssertNothingTwice(facts);
        Assert.DoesNotContain(facts.OfType<WorkFailed>(), failed => failed.GaveUp);
        foreach (var failed in facts.OfType<WorkFailed>())
        {
            Tell($"failed on the way: {failed}");
        }

        Assert.Empty(Directory.EnumerateFiles(Campaigns, "*.part", SearchOption.AllDirectories));
        Assert.DoesNotContain(TrialCampaign.Name, await node.AskAsync("device", "show"), StringComparison.Ordinal);
        Tell("all is well");
        TestContext.Current.TestOutputHelper?.WriteLine(_story.ToString());
    }

    /// <summary>Notes a step of the trial.</summary>
    public void Tell(string step) => _story.AppendLine(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(_begun).TotalSeconds,6:0.0} s  {step}"));

    /// <summary>What happened, and what the nodes' logs and outputs say to it.</summary>
    public string Story()
    {
        var story = new StringBuilder(_story.ToString());
        foreach (var node in Nodes)
        {
            story.AppendLine(CultureInfo.InvariantCulture, $"--- node {node.Place.Address}").AppendLine(node.WrittenOrEmpty());
            WarningsOf(node).TakeLast(40).ToList().ForEach(line => story.AppendLine(line));
        }

        return story.ToString();
    }

    /// <summary>Warnings and errors in a node's log, but for those of connections that could not be made.</summary>
    public IEnumerable<string> WarningsOf(NodeProcess node)
    {
        var log = Path.Combine(Campaigns, ".nodes", $"node-{node.Place.Host}-{node.Place.Port}.log");
        return File.Exists(log)
            ? File.ReadLines(log).Where(line =>
                (line.Contains(" ErrorLevel ", StringComparison.Ordinal) || line.Contains(" WarningLevel ", StringComparison.Ordinal))
                && !line.Contains("remoting", StringComparison.Ordinal) && !line.Contains("endpointManager", StringComparison.Ordinal))
            : [];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            node.Dispose();
        }

        // Killed processes may still be closing files.
        await Task.Delay(200);
        Directory.Delete(_folder, recursive: true);
    }
}
