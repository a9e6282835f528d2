using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;
using SpikeTrail.Actors.Configuration;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Hosting;

/// <summary>The actor system of one campaign on one machine: its journal and its log lie in the campaign's folder.</summary>
internal static class LocalSystem
{
    /// <summary>The log file's name in the campaign's folder.</summary>
    public const string LogName = "spiketrail.log";

    private const string JournalName = "journal.db";

    /// <summary>Whether a campaign was begun in a folder.</summary>
    public static bool HasJournal(string outputFolder) => File.Exists(Path.Combine(outputFolder, JournalName));

    /// <summary>Makes the actor system of a campaign's folder.</summary>
    /// <exception cref="InputException">What lies in the journal's place is none.</exception>
    public static ActorSystem Create(string outputFolder)
    {
        RefuseDamagedJournal(outputFolder);
        return ActorSystem.Create("spiketrail", Configuration(outputFolder));
    }

    public static Config Configuration(string outputFolder) =>
        Local(outputFolder)
            .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/akka.conf")))
            .WithFallback(ConfigurationFactory.ParseString(BundledConfiguration.Read("hocon/serialization.conf")))
            .WithFallback(SqlPersistence.DefaultConfiguration);

    /// <summary>A file that is no database would have every recovery wait in vain until its time is up.</summary>
    private static void RefuseDamagedJournal(string outputFolder)
    {
        if (!HasJournal(outputFolder))
        {
            return;
        }

        var path = Path.Combine(outputFolder, JournalName);
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_master";
            command.ExecuteScalar();
        }
        catch (SqliteException error)
        {
            throw new InputException($"{path}: the journal cannot be read: {error.Message}", error);
        }
    }

    private static Config Local(string outputFolder)
    {
        var journal = new SqliteConnectionStringBuilder { DataSource = Path.Combine(outputFolder, JournalName) }.ToString();
        return ConfigurationFactory.ParseString($$"""
            spiketrail.log-file = {{Hocon.Quote(Path.Combine(outputFolder, LogName))}}
            akka.persistence.journal.sql {
              connection-string = {{Hocon.Quote(journal)}}
              provider-name = SQLite.MS
            }
            akka.persistence.snapshot-store.sql {
              connection-string = {{Hocon.Quote(journal)}}
              provider-name = SQLite.MS
            }
            """);
    }
}
