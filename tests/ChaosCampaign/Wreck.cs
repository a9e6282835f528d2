using System.Globalization;
using Microsoft.Data.Sqlite;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.ChaosCampaign;

/// <summary>
/// What lies in a campaign's folder once nobody works in it. What a killed campaign was at is read from it afterwards,
/// whatever the kill was aimed at.
/// </summary>
/// <param name="Facts">The journal's facts, in order.</param>
/// <param name="Phase">What the campaign was at.</param>
internal sealed record Wreck(IReadOnlyList<ICampaignFact> Facts, Phase Phase)
{
    private const string Journal = "journal.db";
    private const string RollbackJournal = "journal.db-journal";

    /// <summary>A folder in which nothing was begun.</summary>
    public static Wreck Nothing { get; } = new([], Phase.Training);

    /// <summary>Whether a fact is being written to a campaign's journal just now: SQLite's own journal is there for as long.</summary>
    public static bool IsJournalling(string folder) => new FileInfo(Path.Combine(folder, RollbackJournal)) is { Exists: true, Length: > 0 };

    /// <summary>A campaign's files of checkpoints, relative to its folder; a folder that goes meanwhile has none.</summary>
    public static IReadOnlyList<string> CheckpointFiles(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Path.Combine(folder, "checkpoints"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Whether a campaign's last epoch has its checkpoint.</summary>
    public static bool IsTrained(string folder, int epochs) =>
        CheckpointFiles(folder).Any(file => !IsPart(file) && Path.GetFileName(Path.GetDirectoryName(file)) == string.Create(CultureInfo.InvariantCulture, $"epoch-{epochs:D4}"));

    /// <summary>Whether a file is one that is not whole yet.</summary>
    public static bool IsPart(string file) => file.EndsWith(".part", StringComparison.Ordinal);

    /// <summary>The files of checkpoints that facts speak of, relative to the campaign's folder.</summary>
    public static IEnumerable<string> Journalled(IEnumerable<ICampaignFact> facts) =>
        from checkpoint in facts.Select(fact => fact switch
        {
            EpochCheckpointed step => step.Checkpoint,
            EpochTrained epoch => epoch.Checkpoint,
            LinkMeasured link => link.Statistics,
            _ => null,
        })
        where checkpoint is not null
        from file in checkpoint.Files
        select Path.Combine(checkpoint.Folder, file.Name);

    /// <summary>Looks without touching: opening the journal in its place would mend what the campaign itself is to mend.</summary>
    /// <param name="folder">The campaign's folder.</param>
    /// <param name="epochs">Epochs that it trains.</param>
    public static Wreck Look(string folder, int epochs)
    {
        var facts = ReadFacts(folder);
        var files = CheckpointFiles(folder);
        var phase = (files.Any(IsPart), IsJournalling(folder), files.Except(Journalled(facts)).Any()) switch
        {
            (true, _, _) => Phase.Checkpointing,
            (_, true, _) => Phase.Journalling,
            (_, _, true) => Phase.Checkpointing,
            _ => facts.OfType<EpochTrained>().Count() < epochs ? Phase.Training : Phase.Attacking,
        };
        return new Wreck(facts, phase);
    }

    private static List<ICampaignFact> ReadFacts(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("spiketrail-chaos-journal-").FullName;
        try
        {
            foreach (var file in new[] { Journal, RollbackJournal }.Where(file => File.Exists(Path.Combine(folder, file))))
            {
                File.Copy(Path.Combine(folder, file), Path.Combine(copy, file));
            }

            return File.Exists(Path.Combine(copy, Journal)) ? Read(Path.Combine(copy, Journal)) : [];
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static List<ICampaignFact> Read(string journal)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = journal, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = 'journal'";
        if (command.ExecuteScalar() is not 1L)
        {
            return [];
        }

        command.CommandText = "SELECT manifest, message FROM journal ORDER BY sequence_number";
        using var rows = command.ExecuteReader();
        var facts = new List<ICampaignFact>();
        while (rows.Read())
        {
            facts.Add((ICampaignFact)MessageCodec.Decode(rows.GetString(0), (byte[])rows.GetValue(1)));
        }

        return facts;
    }
}
