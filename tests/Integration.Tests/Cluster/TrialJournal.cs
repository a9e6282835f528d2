using System.Data.Common;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Integration.Tests.Cluster;

/// <summary>A journal as it lies in its database, read from outside.</summary>
/// <param name="open">Makes a connection to the database.</param>
internal sealed class TrialJournal(Func<DbConnection> open)
{
    /// <summary>A campaign's facts in the order they were written; none while there is no journal, or no server.</summary>
    public async Task<IReadOnlyList<ICampaignFact>> FactsAsync(string campaign)
    {
        try
        {
            await using var connection = open();
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = 'campaign-{campaign}' ORDER BY sequence_number";
            await using var rows = await command.ExecuteReaderAsync();
            var facts = new List<ICampaignFact>();
            while (await rows.ReadAsync())
            {
                Assert.Equal(facts.Count + 1, rows.GetInt64(0));
                facts.Add((ICampaignFact)MessageCodec.Decode(rows.GetString(1), (byte[])rows.GetValue(2)));
            }

            return facts;
        }
        catch (DbException)
        {
            return [];
        }
    }

    /// <summary>
    /// Nothing is in a journal twice: no epoch, no checkpoint within one, no shard, no link, no cell. (A checkpoint that was
    /// damaged on disk would have its epoch trained, and journalled, again; no trial damages one.)
    /// </summary>
    public static void AssertNothingTwice(IReadOnlyList<ICampaignFact> facts)
    {
        var twice = facts.SelectMany(NamesOf).CountBy(name => name).Where(name => name.Value > 1).Select(name => $"{name.Key}: {name.Value} times");
        Assert.Empty(twice);
        Assert.IsType<CampaignAccepted>(facts[0]);
        Assert.IsType<CampaignCompleted>(facts[^1]);
    }

    private static IEnumerable<string> NamesOf(ICampaignFact fact) => fact switch
    {
        CampaignAccepted or CampaignCompleted => [fact.GetType().Name],
        EpochCheckpointed step => [$"{step.Run} epoch {step.Epoch} step {step.Progress.Steps}"],
        EpochTrained epoch => [$"{epoch.Run} epoch {epoch.Epoch}"],
        ShardMeasured shard => [$"shard {shard.Shard}"],
        LinkMeasured link => [$"link {link.Link}", .. link.Shards.SelectMany(NamesOf)],
        CellCompleted cell => [$"cell {cell.Cell}"],
        _ => [],
    };
}
