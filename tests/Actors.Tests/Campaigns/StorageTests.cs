using Microsoft.Data.Sqlite;
using SpikeTrail.Actors.Tests.Pipeline;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;

namespace SpikeTrail.Actors.Tests.Campaigns;

/// <summary>
/// What becomes of a campaign whose disk is full or whose folder cannot be written. Full is <c>/dev/full</c> behind a link:
/// what is written there fails as on a full disk, without a disk to fill.
/// </summary>
public sealed class StorageTests
{
    private const string Full = "/dev/full";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Results_that_find_the_disk_full_end_the_campaign_and_it_goes_on_once_there_is_room()
    {
        using var campaign = new TinyCampaign();
        var filled = 0;
        var observer = new RecordingObserver(_ =>
        {
            if (Interlocked.Exchange(ref filled, 1) == 0)
            {
                File.CreateSymbolicLink(campaign.File("results.json.part"), Full);
            }
        });

        var failure = await Assert.ThrowsAsync<StorageException>(() => campaign.RunAsync(observer: observer).WaitAsync(Patience));

        Assert.Equal($"{campaign.File("results.json")}: cannot be written: No space left on device", failure.Message);
        Assert.Single(campaign.Journal().OfType<EpochTrained>());
        await AssertGoesOnAsync(campaign);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_checkpoint_that_finds_the_disk_full_ends_the_campaign_and_it_goes_on_once_there_is_room(int group)
    {
        using var campaign = new TinyCampaign();

        var failure = await FailAtCheckpointAsync(campaign, "epoch-0002", folder =>
        {
            Directory.CreateDirectory(folder);
            File.CreateSymbolicLink(Path.Combine(folder, $"group-{group}.safetensors.part"), Full);
        });

        Assert.EndsWith($"epoch-0002/group-{group}.safetensors: cannot be written: No space left on device", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(campaign.File("checkpoints"), "*.part", SearchOption.AllDirectories));
        Assert.Equal([1], campaign.Journal().OfType<EpochTrained>().Select(epoch => epoch.Epoch));
        await AssertGoesOnAsync(campaign);
    }

    [Fact]
    public async Task A_checkpoint_whose_folder_cannot_be_made_ends_the_campaign_and_it_goes_on_once_it_can()
    {
        using var campaign = new TinyCampaign();

        var failure = await FailAtCheckpointAsync(campaign, "epoch-0002", folder => File.WriteAllText(folder, "in the way"));

        Assert.Contains("epoch-0002: cannot be written", failure.Message, StringComparison.Ordinal);
        await AssertGoesOnAsync(campaign);
    }

    [Fact]
    public async Task A_checkpoint_that_may_not_be_read_ends_the_campaign_and_nothing_is_trained_again()
    {
        using var campaign = new TinyCampaign();
        using var cancel = new CancellationTokenSource();
        await campaign.RunAsync(observer: new RecordingObserver(update => SupervisionTests.StopAfterTraining(update, cancel)), cancel: cancel.Token);
        var file = Path.Combine(campaign.File(campaign.Journal().OfType<EpochTrained>().Last().Checkpoint.Folder), "group-0.safetensors");

        // A folder in its place: that may be read by nobody, whoever runs the tests.
        File.Move(file, campaign.File("aside"));
        Directory.CreateDirectory(campaign.File("folder"));
        Directory.CreateSymbolicLink(file, campaign.File("folder"));
        var failure = await Assert.ThrowsAsync<StorageException>(() => campaign.RunAsync().WaitAsync(Patience));

        Assert.Contains("group-0.safetensors: cannot be read", failure.Message, StringComparison.Ordinal);
        Directory.Delete(file);
        File.Move(campaign.File("aside"), file);
        await AssertGoesOnAsync(campaign);
    }

    [Fact]
    public async Task A_log_that_finds_the_disk_full_holds_nothing_up()
    {
        using var campaign = new TinyCampaign();
        File.CreateSymbolicLink(campaign.File("spiketrail.log"), Full);

        await campaign.RunAsync();

        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_is_refused()
    {
        using var campaign = new TinyCampaign();
        Directory.CreateDirectory(campaign.File("spiketrail.log"));

        var refusal = await Assert.ThrowsAsync<InputException>(() => campaign.RunAsync());

        Assert.StartsWith($"{campaign.File("spiketrail.log")}: cannot be written", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("epoch 2")]
    public async Task A_journal_that_another_program_locks_for_too_long_ends_the_campaign(string during)
    {
        using var campaign = new TinyCampaign();
        using var other = Open(campaign);
        var locked = 0;

        var failure = await Assert.ThrowsAsync<StorageException>(() => campaign.RunAsync(observer: new RecordingObserver(update =>
        {
            if (update.Activity.StartsWith(during, StringComparison.Ordinal) && Interlocked.Exchange(ref locked, 1) == 0)
            {
                other.Open();
                Execute(other, "BEGIN EXCLUSIVE");
            }
        })));

        Assert.StartsWith($"{Path.GetDirectoryName(campaign.File("x"))}: the journal cannot be written: ", failure.Message, StringComparison.Ordinal);
        other.Close();
        await AssertGoesOnAsync(campaign);
    }

    [Fact]
    public async Task A_journal_that_another_program_has_locked_is_refused()
    {
        using var campaign = await BegunAsync();
        using var other = Open(campaign);
        other.Open();
        Execute(other, "BEGIN EXCLUSIVE");

        await AssertRefusedAsync(campaign, "journal.db: the journal is locked by another program");

        other.Close();
        await AssertGoesOnAsync(campaign);
    }

    [Fact]
    public async Task What_is_left_of_a_campaign_whose_journal_is_gone_is_not_written_over()
    {
        using var campaign = await BegunAsync();
        File.Move(campaign.File("journal.db"), campaign.File("aside"));

        await AssertRefusedAsync(campaign, "has results.json of a campaign, and its journal is gone");
        File.Delete(campaign.File("results.json"));
        await AssertRefusedAsync(campaign, "has checkpoints of a campaign, and its journal is gone");
        Assert.False(File.Exists(campaign.File("journal.db")));

        // Emptied is as good as gone. Another process would have no connection to the old file.
        SqliteConnection.ClearAllPools();
        await File.WriteAllBytesAsync(campaign.File("journal.db"), []);
        await AssertRefusedAsync(campaign, "its journal is gone");

        SqliteConnection.ClearAllPools();
        File.Move(campaign.File("aside"), campaign.File("journal.db"), overwrite: true);
        await AssertGoesOnAsync(campaign);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task A_journal_cut_short_is_refused(double share)
    {
        using var campaign = await BegunAsync();
        var journal = await File.ReadAllBytesAsync(campaign.File("journal.db"));
        await File.WriteAllBytesAsync(campaign.File("journal.db"), journal[..(int)(journal.Length * share)]);

        await AssertRefusedAsync(campaign, "journal.db: the journal is damaged");
    }

    [Fact]
    public async Task A_journal_with_a_page_gone_wrong_is_refused()
    {
        using var campaign = await BegunAsync();
        var journal = await File.ReadAllBytesAsync(campaign.File("journal.db"));
        for (var page = 4096; page < journal.Length; page += 4096)
        {
            var damaged = (byte[])journal.Clone();
            damaged.AsSpan(page, 64).Fill(0xA5);

            // A pooled connection of an earlier round would answer from the pages that it remembers.
            SqliteConnection.ClearAllPools();
            await File.WriteAllBytesAsync(campaign.File("journal.db"), damaged);
            await AssertRefusedAsync(campaign, "the journal is damaged");
        }

        await File.WriteAllBytesAsync(campaign.File("journal.db"), journal);
        await AssertGoesOnAsync(campaign);
    }

    [Theory]
    [InlineData("DELETE FROM journal WHERE sequence_number = 2", "1 of its 3 facts are missing")]
    [InlineData("UPDATE journal SET message = X'7B22' WHERE sequence_number = 2", "the journal is damaged")]
    [InlineData("UPDATE journal SET manifest = 'no-such-fact/1' WHERE sequence_number = 2", "the journal is damaged")]
    public async Task A_journal_with_a_fact_gone_wrong_is_refused(string damage, string expected)
    {
        using var campaign = await BegunAsync();
        using (var journal = Open(campaign))
        {
            journal.Open();
            Execute(journal, damage);
        }

        await AssertRefusedAsync(campaign, expected);
    }

    /// <summary>A campaign whose two epochs are trained: three facts.</summary>
    private static async Task<TinyCampaign> BegunAsync()
    {
        var campaign = new TinyCampaign();
        using var cancel = new CancellationTokenSource();
        await campaign.RunAsync(
            job => job with { Pipeline = job.Pipeline with { MaxRetries = 0 } },
            layerGroup: TappedGroup.Each((_, message) =>
            {
                // The seventeenth pass is the first of the first shard: there it stops, and the failure is taken out again.
                if (message is PassRequest { Purpose: not PassPurpose.Training } && campaign.Observer.New.OfType<EpochTrained>().Count() == 2)
                {
                    throw new InvalidOperationException("stop here");
                }
            }));
        using var journal = Open(campaign);
        journal.Open();
        Execute(journal, "DELETE FROM journal WHERE sequence_number > 3");

        // No page is left over, which nobody would miss.
        Execute(journal, "VACUUM");
        return campaign;
    }

    private static async Task<StorageException> FailAtCheckpointAsync(TinyCampaign campaign, string name, Action<string> spoil)
    {
        // No layer group goes on before the first of them has spoiled the place.
        var (gate, spoiled) = (new Lock(), false);
        return await Assert.ThrowsAsync<StorageException>(() => campaign.RunAsync(layerGroup: TappedGroup.Each((_, message) =>
        {
            if (message is WriteCheckpoint write && write.Folder.EndsWith(name, StringComparison.Ordinal))
            {
                lock (gate)
                {
                    if (!spoiled)
                    {
                        spoil(campaign.File(write.Folder));
                        spoiled = true;
                    }
                }
            }
        })).WaitAsync(Patience));
    }

    private static async Task AssertRefusedAsync(TinyCampaign campaign, string expected)
    {
        var results = File.Exists(campaign.File("results.json")) ? campaign.Results() : null;
        var checkpoints = Checkpoints();

        var refusal = await Assert.ThrowsAsync<InputException>(() => campaign.RunAsync().WaitAsync(Patience));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(results, File.Exists(campaign.File("results.json")) ? campaign.Results() : null);
        Assert.Equal(checkpoints, Checkpoints());

        IEnumerable<string> Checkpoints() => [.. Directory.GetFiles(campaign.File("checkpoints"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    /// <summary>Run again, it ends as if nothing had been, and has done nothing twice.</summary>
    private static async Task AssertGoesOnAsync(TinyCampaign campaign)
    {
        Assert.True((await campaign.RunAsync().WaitAsync(Patience)).Campaign.Complete);
        Assert.Equal(await TinyCampaign.UndisturbedResultsAsync(), campaign.Results());
        Assert.Equal([1, 2], campaign.Journal().OfType<EpochTrained>().Select(epoch => epoch.Epoch));
        Assert.Equal(6, campaign.Journal().OfType<ShardMeasured>().Count());
        Assert.DoesNotContain(campaign.Journal(), fact => fact is WorkFailed or CheckpointRefused);
    }

    private static SqliteConnection Open(TinyCampaign campaign) =>
        new(new SqliteConnectionStringBuilder { DataSource = campaign.File("journal.db"), Pooling = false }.ToString());

    private static void Execute(SqliteConnection connection, string command)
    {
        using var statement = connection.CreateCommand();
        statement.CommandText = command;
        statement.ExecuteNonQuery();
    }
}
