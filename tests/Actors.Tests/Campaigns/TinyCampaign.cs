using System.Collections.Concurrent;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using SpikeTrail.Actors.Campaigns;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Actors.Tests.Hosting;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Actors.Tests.Campaigns;

/// <summary>A campaign of a second or two, in a folder of its own: two epochs, then two slices of the test set, each in three cells.</summary>
/// <param name="spec">Another campaign than <see cref="Spec"/>.</param>
internal sealed class TinyCampaign(CampaignSpec? spec = null) : IDisposable
{
    // Computed once: what every campaign here must come to, however it got there.
    private static readonly ConcurrentDictionary<CampaignSpec, Lazy<Task<byte[]>>> Undisturbed = new();

    private readonly TemporaryFolder _folder = new();

    public static CampaignSpec Spec { get; } = new()
    {
        Name = "tiny",
        Networks = [new NetworkSpec { Name = "narrow", Depth = 10, Width = 0.0625 }],
        DataSets = [new DataSetSpec { Name = "fashion-mnist-mini", TimeSteps = 4, TrainingLimit = 16, TestLimit = 8 }],
        Seeds = [7],
        Training = new TrainingSpec { Epochs = 2, BatchSize = 4 },
        Protocols = [new ProtocolSpec { Name = "strict" }],
        Attacks =
        [
            new AttackSpec { Name = "fgsm", Kind = AttackKind.Fgsm },
            new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd, Iterations = 2 },
        ],
        Epsilons = [8],
        Evaluation = new EvaluationSpec { BatchSize = 2, ShardSize = 4 },
        Samples = 0,
    };

    /// <summary>Two layer groups, and one retry.</summary>
    public static PipelineSpec Layout { get; } = new() { LayerGroups = 2, ThreadsPerGroup = 1, MaxRetries = 1 };

    /// <summary>One epoch, then two chains of two links of two batches each, after two shards of clean images.</summary>
    public static CampaignSpec Chained { get; } = Spec with
    {
        Training = Spec.Training with { Epochs = 1 },
        Protocols = [ProtocolSpec.AsPublished],
        Epsilons = [4, 8],
        Probes = new ProbeSpec { WeightGradients = true, RandomPerturbations = 1 },
    };

    public CampaignJob Job => new(
        spec ?? Spec, Layout, _folder.Path, DataFolder: null);

    public RecordingObserver Observer { get; } = new();

    public static Task<byte[]> UndisturbedResultsAsync(CampaignSpec? spec = null) =>
        Undisturbed.GetOrAdd(spec ?? Spec, which => new(() => RunUndisturbedAsync(which))).Value;

    public Task<CampaignResults> RunAsync(
        Func<CampaignJob, CampaignJob>? change = null, ICampaignObserver? observer = null, Func<LayerGroupPlan, Props>? layerGroup = null, CancellationToken cancel = default) =>
        CampaignRunner.RunAsync(change is null ? Job : change(Job), observer ?? Observer, layerGroup, cancel);

    private static async Task<byte[]> RunUndisturbedAsync(CampaignSpec spec)
    {
        using var campaign = new TinyCampaign(spec);
        Assert.True((await campaign.RunAsync()).Campaign.Complete);
        return campaign.Results();
    }

    public string File(string name) => _folder.File(name);

    public byte[] Results() => System.IO.File.ReadAllBytes(File("results.json"));

    public Provenance Provenance() => ProvenanceJson.Read(System.IO.File.ReadAllText(File("provenance.json")));

    /// <summary>The journal's facts in the order they were written.</summary>
    public IReadOnlyList<ICampaignFact> Journal()
    {
        var text = new SqliteConnectionStringBuilder { DataSource = File("journal.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();
        using var connection = new SqliteConnection(text);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT manifest, message FROM journal ORDER BY sequence_number";
        using var rows = command.ExecuteReader();
        var facts = new List<ICampaignFact>();
        while (rows.Read())
        {
            facts.Add((ICampaignFact)MessageCodec.Decode(rows.GetString(0), (byte[])rows.GetValue(1)));
        }

        return facts;
    }

    /// <summary>The journal as it was before a fact, numbered from 1.</summary>
    public void ForgetFrom(int fact)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File("journal.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"DELETE FROM journal WHERE sequence_number >= {fact}";
        command.ExecuteNonQuery();
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Remembers what it heard, and lets a test react to progress.</summary>
internal sealed class RecordingObserver(Action<ProgressUpdate>? onProgress = null) : ICampaignObserver
{
    private readonly ConcurrentQueue<(ICampaignFact Fact, bool Recovered)> _facts = new();

    public IEnumerable<ICampaignFact> New => _facts.Where(heard => !heard.Recovered).Select(heard => heard.Fact);

    public IEnumerable<ICampaignFact> Recovered => _facts.Where(heard => heard.Recovered).Select(heard => heard.Fact);

    public void OnProgress(ProgressUpdate update) => onProgress?.Invoke(update);

    public void OnFact(ICampaignFact fact, bool recovered) => _facts.Enqueue((fact, recovered));
}
